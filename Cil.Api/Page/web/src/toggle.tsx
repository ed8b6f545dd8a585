import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { send } from "./api";
import { notify, notifyError } from "./ui";

interface Paused {
  isPaused: boolean;
  /** What is paused and resumed, for people. */
  what: string;
  /** The part of the queue, as the query has it; none for all of it. */
  part?: { tenant: string } | { model: string };
  onChange: () => void;
}

/** Pauses and resumes the queue, one tenant or one model. */
export function Toggle({ isPaused, what, part, onChange }: Paused): JSX.Element {
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await send<null>("POST", `/api/queue/${isPaused ? "unpause" : "pause"}${part ? `?${new URLSearchParams({ ...part })}` : ""}`);
      notify(`${what}: ${isPaused ? "resumed" : "paused"}`);
      onChange();
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" disabled={busy} aria-label={`${isPaused ? "Resume" : "Pause"} ${what}`} onClick={() => void run()}>
      {isPaused ? "Resume" : "Pause"}{part ? "" : ` ${what}`}
    </button>
  );
}
