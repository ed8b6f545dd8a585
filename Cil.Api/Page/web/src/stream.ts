import { ApiError, request } from "./api";

export type StreamState = "live" | "connecting" | "lost";

const firstPause = 500;
const longestPause = 8000;
// The service sends something every 15 s.
const silence = 45_000;

/**
 * Follows server-sent events of an address and asks again when they break off, until it is stopped. Read with fetch, since
 * EventSource sends no key. A page that is not looked at follows nothing: browsers open few connections to one service.
 */
export function follow<T>(
  path: string,
  onEvent: (event: T) => void,
  onState: (state: StreamState, error?: ApiError) => void,
  isLast: (event: T) => boolean = () => false,
): () => void {
  let stopped = false;
  let current: AbortController | null = null;

  const run = async (): Promise<void> => {
    let pause = firstPause;
    onState("connecting");
    while (!stopped) {
      if (document.hidden) {
        await visible();
        continue;
      }
      current = new AbortController();
      try {
        const ended = await read(path, current, (event: T) => {
          pause = firstPause;
          if (stopped) return true;
          onState("live");
          onEvent(event);
          return isLast(event);
        });
        if (ended) return;
      } catch (error) {
        if (stopped) return;
        const known = error instanceof ApiError ? error : new ApiError(0, "The connection broke off.");
        if (!document.hidden) onState("lost", known);
        if (known.status >= 400 && known.status < 500 && known.status !== 429) return;
      }
      if (stopped || document.hidden) continue;
      await sleep(pause);
      pause = Math.min(longestPause, pause * 2);
    }
  };

  const whenHidden = (): void => {
    if (document.hidden) current?.abort();
  };
  document.addEventListener("visibilitychange", whenHidden);
  void run();
  return () => {
    stopped = true;
    document.removeEventListener("visibilitychange", whenHidden);
    current?.abort();
  };
}

async function read<T>(path: string, abort: AbortController, take: (event: T) => boolean): Promise<boolean> {
  const answer = await request(path, { headers: { Accept: "text/event-stream" }, signal: abort.signal, cache: "no-store" });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let watchdog = setTimeout(() => abort.abort(), silence);
  let rest = "";
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return false;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), silence);
      const blocks = (rest + value.replaceAll("\r", "")).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart()).join("\n");
        if (data !== "" && data !== "null" && take(JSON.parse(data) as T)) return true;
      }
    }
  } finally {
    clearTimeout(watchdog);
    await reader.cancel().catch(() => {});
  }
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const visible = (): Promise<void> =>
  new Promise((resolve) => document.addEventListener("visibilitychange", () => resolve(), { once: true }));
