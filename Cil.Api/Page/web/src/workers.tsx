import type { JSX } from "preact";
import { bytes } from "./format";
import { useLoad } from "./load";
import { link } from "./route";
import { useNow } from "./settings";
import type { Job, JobPage, QueueStatus, Worker } from "./types";
import { Ago, Empty, Failed, Loading, Title } from "./ui";

const pause = 3000;
const silentAfter = 90_000;

/** The devices that render. */
export function Workers(): JSX.Element {
  const { value, error, reload } = useLoad<QueueStatus>("/api/queue", pause);
  const running = useLoad<JobPage>("/api/jobs?state=running&limit=100", pause).value;
  return (
    <>
      <Title>Workers</Title>
      {error !== null && <Failed error={error} retry={reload} />}
      {!value && error === null && <Loading what="the workers" />}
      {value?.workers.length === 0 && <Empty><p>No worker has asked for work. A job that is sent now waits until one does.</p></Empty>}
      {value && value.workers.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Workers">
          <table>
            <thead><tr><th scope="col">Worker</th><th scope="col">State</th><th scope="col">Model</th><th scope="col">Memory</th><th scope="col">Chunks</th><th scope="col">Jobs</th><th scope="col">Heard</th></tr></thead>
            <tbody>
              {value.workers.map((worker) => <Row key={worker.worker} worker={worker} jobs={running?.jobs.filter((job) => job.workers.includes(worker.worker)) ?? []} />)}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Row({ worker, jobs }: { worker: Worker; jobs: Job[] }): JSX.Element {
  const now = useNow();
  const isSilent = worker.chunks === 0 && now - Date.parse(worker.heardAt) > silentAfter;
  const state = worker.chunks > 0 ? "busy" : isSilent ? "silent" : "idle";
  return (
    <tr>
      <th scope="row" class="id">{worker.worker}</th>
      <td><span class={`state ${state}`}>{state}</span></td>
      <td>{worker.model ?? "none loaded"}</td>
      <td>{worker.memoryBytes > 0 ? bytes(worker.memoryBytes) : "not known"}</td>
      <td>{worker.chunks}</td>
      <td>{jobs.length === 0 ? "–" : jobs.map((job) => <a key={job.id} class="id" href={link("jobs", job.id)}>{job.id}</a>)}</td>
      <td><Ago time={worker.heardAt} /></td>
    </tr>
  );
}
