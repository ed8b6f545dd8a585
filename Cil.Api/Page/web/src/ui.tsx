import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { key, message, request } from "./api";
import { ago, dateTime } from "./format";
import { useNow } from "./settings";
import type { Job, JobState } from "./types";

/** What has happened, for eyes and for readers of the screen. */
let tell: (text: string, isError: boolean) => void = () => {};
export const notify = (text: string): void => tell(text, false);
export const notifyError = (error: unknown): void => tell(message(error), true);

const noticeTime = 8000;

export function Notices(): JSX.Element {
  const [notice, setNotice] = useState<{ text: string; isError: boolean } | null>(null);
  useEffect(() => {
    tell = (text, isError) => setNotice({ text, isError });
  }, []);
  useEffect(() => {
    if (!notice || notice.isError) return;
    const timer = setTimeout(() => setNotice(null), noticeTime);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class="notices">
      <div role="status">{notice && !notice.isError && <p class="notice">{notice.text}</p>}</div>
      <div role="alert">
        {notice?.isError && (
          <p class="notice bad">
            {notice.text} <button type="button" class="small" onClick={() => setNotice(null)}>Dismiss</button>
          </p>
        )}
      </div>
    </div>
  );
}

export const Loading = ({ what }: { what: string }): JSX.Element => <p class="quiet" role="status">Loading {what}…</p>;

export function Failed({ error, retry }: { error: unknown; retry?: () => void }): JSX.Element {
  return (
    <div class="fault" role="alert">
      <p>{message(error)}</p>
      {retry && <button type="button" onClick={retry}>Try again</button>}
    </div>
  );
}

export const Empty = ({ children }: { children: ComponentChildren }): JSX.Element => <div class="empty">{children}</div>;

export function Title({ children, aside }: { children: ComponentChildren; aside?: ComponentChildren }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${heading.current?.textContent} – Cil`;
  });
  return (
    <div class="title">
      <h1 ref={heading} tabIndex={-1}>{children}</h1>
      {aside}
    </div>
  );
}

export const Ago = ({ time }: { time: string }): JSX.Element => <time dateTime={time} title={dateTime(time)}>{ago(time, useNow())}</time>;

export const stateName = (state: string): string => (state === "awaitingApproval" ? "awaiting approval" : state);

export const State = ({ job }: { job: { state: JobState } }): JSX.Element => <span class={`state ${job.state}`}>{stateName(job.state)}</span>;

/** Of all work: denoising takes most of it. */
export function fraction(job: Job): number {
  if (job.state === "completed") return 1;
  const denoised = job.steps > 0 ? job.step / job.steps : 0;
  const decoded = job.frames > 0 ? job.framesDecoded / job.frames : 0;
  return 0.85 * denoised + 0.15 * decoded;
}

export function Bar({ value, label, kind = "" }: { value: number; label: string; kind?: string }): JSX.Element {
  const percent = Math.round(100 * Math.min(1, Math.max(0, value)));
  return (
    <div class={`bar ${kind}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}

/** An address that a browser's own elements can ask for: where a key is needed, what it answers is fetched with it. */
export function useMedia(url: string | null): { source: string | null; failed: boolean } {
  const [media, setMedia] = useState<{ source: string | null; failed: boolean }>({ source: null, failed: false });
  // What was made last is shown until there is another.
  const made = useRef<string | null>(null);
  const release = (): void => {
    if (made.current) URL.revokeObjectURL(made.current);
    made.current = null;
  };
  useEffect(() => release, []);
  useEffect(() => {
    if (!url) return setMedia({ source: null, failed: false });
    if (!key()) return setMedia({ source: url, failed: false });
    const abort = new AbortController();
    request(url, { signal: abort.signal })
      .then((answer) => answer.blob())
      .then((blob) => {
        if (abort.signal.aborted) return;
        release();
        made.current = URL.createObjectURL(blob);
        setMedia({ source: made.current, failed: false });
      })
      .catch(() => {
        if (!abort.signal.aborted) setMedia({ source: null, failed: true });
      });
    return () => abort.abort();
  }, [url]);
  return media;
}

export function Picture({ url, alt, class: name = "" }: { url: string | null; alt: string; class?: string }): JSX.Element {
  const { source, failed } = useMedia(url);
  const [broken, setBroken] = useState<string | null>(null);
  if (!source || failed || broken === source) return <div class={`picture none ${name}`} aria-hidden="true" />;
  return <img class={`picture ${name}`} src={source} alt={alt} loading="lazy" onError={() => setBroken(source)} />;
}

/** Asks before what cannot be taken back. */
export function Confirm({ title, action, onYes, onNo, children }: {
  title: string;
  action: string;
  onYes: () => void;
  onNo: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onNo}>
      <h2 id={id}>{title}</h2>
      <p>{children}</p>
      <div class="buttons">
        <button type="button" onClick={() => dialog.current?.close()}>Go back</button>
        <button type="button" class="danger" onClick={() => { onYes(); dialog.current?.close(); }}>{action}</button>
      </div>
    </dialog>
  );
}
