import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { send } from "./api";
import { link } from "./route";
import type { Job } from "./types";
import { isFinished } from "./types";
import { Confirm, notify, notifyError } from "./ui";

interface Actions {
  job: Job;
  /** With the job as it stands after an action; null when it is deleted. */
  onChange: (job: Job | null) => void;
  /** Whether all actions are shown, else those that a list offers. */
  all?: boolean;
}

type Action = "pause" | "unpause" | "retry" | "cancel" | "approve" | "reject";

const done: Record<Action, string> = { pause: "paused", unpause: "resumed", retry: "taken up again", cancel: "cancelled", approve: "approved", reject: "rejected" };

/** What can be done with a job in its state. */
export function JobActions({ job, onChange, all = false }: Actions): JSX.Element {
  const [asks, setAsks] = useState<"cancel" | "delete" | null>(null);
  const [busy, setBusy] = useState(false);
  const path = `/api/jobs/${encodeURIComponent(job.id)}`;
  const run = async (action: () => Promise<Job | null>, text: string): Promise<void> => {
    setBusy(true);
    try {
      const after = await action();
      notify(`${job.id}: ${text}`);
      onChange(after);
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };
  const act = (action: Action): void => void run(() => send<Job>("POST", `${path}/${action}`), done[action]);
  const name = `job ${job.id}`;
  return (
    <div class="buttons" role="group" aria-label={`Actions of ${name}`}>
      {(job.state === "queued" || job.state === "running") && <button type="button" disabled={busy} onClick={() => act("pause")}>Pause</button>}
      {job.state === "paused" && <button type="button" disabled={busy} onClick={() => act("unpause")}>Resume</button>}
      {job.state === "failed" && <button type="button" disabled={busy} onClick={() => act("retry")}>Retry</button>}
      {job.state === "awaitingApproval" && <button type="button" class="primary" disabled={busy} onClick={() => act("approve")}>Approve</button>}
      {job.state === "awaitingApproval" && <button type="button" disabled={busy} onClick={() => act("reject")}>Reject</button>}
      {!isFinished(job) && job.state !== "awaitingApproval" && <button type="button" disabled={busy} onClick={() => setAsks("cancel")}>Cancel</button>}
      {all && <button type="button" class="danger" disabled={busy} onClick={() => setAsks("delete")}>Delete</button>}
      {asks === "cancel" && (
        <Confirm title="Cancel this job?" action="Cancel the job" onYes={() => act("cancel")} onNo={() => setAsks(null)}>
          It stops within one step. What is done of it cannot be taken up again.
        </Confirm>
      )}
      {asks === "delete" && (
        <Confirm
          title="Delete this job?"
          action="Delete"
          onYes={() => void run(() => send<null>("DELETE", path), "deleted").then(() => (location.hash = link("jobs")))}
          onNo={() => setAsks(null)}
        >
          Its video, its picture and everything else of it are deleted.
        </Confirm>
      )}
    </div>
  );
}

/** What can be done with all jobs of a batch. */
export function BatchActions({ id, isOver, onChange }: { id: string; isOver: boolean; onChange: () => void }): JSX.Element {
  const [asks, setAsks] = useState<"cancel" | "delete" | null>(null);
  const [busy, setBusy] = useState(false);
  const path = `/api/batches/${encodeURIComponent(id)}`;
  const run = async (method: string, address: string, text: string): Promise<void> => {
    setBusy(true);
    try {
      await send(method, address);
      notify(`${id}: ${text}`);
      if (method === "DELETE") location.hash = link("batches");
      onChange();
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="buttons" role="group" aria-label={`Actions of batch ${id}`}>
      {!isOver && <button type="button" disabled={busy} onClick={() => setAsks("cancel")}>Cancel</button>}
      <button type="button" class="danger" disabled={busy} onClick={() => setAsks("delete")}>Delete</button>
      {asks === "cancel" && (
        <Confirm title="Cancel this batch?" action="Cancel the batch" onYes={() => void run("POST", `${path}/cancel`, "cancelled")} onNo={() => setAsks(null)}>
          Those of its jobs that are not over stop within one step.
        </Confirm>
      )}
      {asks === "delete" && (
        <Confirm title="Delete this batch?" action="Delete" onYes={() => void run("DELETE", path, "deleted")} onNo={() => setAsks(null)}>
          All its videos and pictures are deleted.
        </Confirm>
      )}
    </div>
  );
}

/** A job's priority, which may be changed until it is over. */
export function Priority({ job, onChange }: Actions): JSX.Element {
  const [value, setValue] = useState(String(job.priority));
  const [busy, setBusy] = useState(false);
  const set = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      const after = await send<Job>("PUT", `/api/jobs/${encodeURIComponent(job.id)}/priority`, { priority: Number(value) });
      notify(`${job.id}: priority ${after?.priority ?? value}`);
      onChange(after);
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="inline" onSubmit={(event) => void set(event)}>
      <label for="priority">Priority</label>
      <input id="priority" type="number" min={-100} max={100} step={1} required value={value} onInput={(event) => setValue(event.currentTarget.value)} />
      <button type="submit" disabled={busy || value === String(job.priority)}>Set</button>
    </form>
  );
}
