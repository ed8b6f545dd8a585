import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { JobActions } from "./actions";
import type { ApiError } from "./api";
import { duration, visible } from "./format";
import { useLoad } from "./load";
import { Pages } from "./pages";
import { link, replaceQuery } from "./route";
import type { StreamState } from "./stream";
import { follow } from "./stream";
import type { Job, JobPage, Model, Tenant } from "./types";
import { Ago, Bar, Empty, Failed, fraction, Loading, Picture, State, stateName, Title } from "./ui";

const states = ["queued", "running", "paused", "awaitingApproval", "completed", "failed", "cancelled"];
const pageLength = 20;
const typing = 300;

interface Viewer {
  query: URLSearchParams;
  isOperator: boolean;
  mayRender: boolean;
}

/** The list of jobs: a page of it, live. */
export function Jobs({ query, isOperator, mayRender }: Viewer): JSX.Element {
  const [page, setPage] = useState<JobPage | null>(null);
  const [stream, setStream] = useState<{ state: StreamState; error?: ApiError }>({ state: "connecting" });
  const [turn, setTurn] = useState(0);
  const asked = new URLSearchParams({ limit: String(pageLength) });
  for (const name of ["state", "model", "tenant", "text", "after"]) {
    const value = query.get(name);
    if (value) asked.set(name, value);
  }
  const path = `/api/events?${asked}`;
  useEffect(() => {
    setPage(null);
    return follow<JobPage>(path, setPage, (state, error) => setStream(error ? { state, error } : { state }));
  }, [path, turn]);
  const isFiltered = ["state", "model", "tenant", "text"].some((name) => query.get(name));
  const change = (job: Job | null): void => {
    if (job && page) setPage({ ...page, jobs: page.jobs.map((one) => (one.id === job.id ? job : one)) });
  };
  const refused = stream.error && stream.error.status >= 400 && stream.error.status < 500;
  return (
    <>
      <Title aside={mayRender && <a class="button primary" href={link("new")}>New job</a>}>Jobs</Title>
      <Filters query={query} isOperator={isOperator} />
      <p class={`wire ${stream.state}`} role="status">
        {stream.state === "live" ? "Live" : stream.state === "lost" ? `${stream.error?.message ?? "The connection broke off."} Connecting again…` : "Connecting…"}
      </p>
      {refused && <Failed error={stream.error} retry={() => setTurn(turn + 1)} />}
      {!page && !refused && <Loading what="jobs" />}
      {page && page.jobs.length === 0 && (
        <Empty>
          <p>{page.hasMore ? "None of the jobs looked at fits. There are older ones." : isFiltered ? "No job fits these filters." : "There are no jobs yet."}</p>
          {!isFiltered && mayRender && <a class="button primary" href={link("new")}>Make the first video</a>}
        </Empty>
      )}
      {page && page.jobs.length > 0 && (
        <ul class="jobs">
          {page.jobs.map((job) => <Row key={job.id} job={job} showTenant={isOperator} mayRender={mayRender} onChange={change} />)}
        </ul>
      )}
      <Pages view="jobs" query={query} next={page?.hasMore ? page.next : null} />
    </>
  );
}

function Row({ job, showTenant, mayRender, onChange }: { job: Job; showTenant: boolean; mayRender: boolean; onChange: (job: Job | null) => void }): JSX.Element {
  const preview = job.previewUrl && `${job.previewUrl}?v=${job.step + job.framesDecoded}`;
  const picture = job.posterUrl ?? preview ?? `/api/jobs/${encodeURIComponent(job.id)}/image`;
  return (
    <li class="job">
      <Picture url={picture} alt="" class="thumb" />
      <div class="what">
        <a class="prompt" href={link("jobs", job.id)}>{visible(job.prompt) || "(no prompt)"}</a>
        <p class="quiet meta">
          <span class="id">{job.id}</span> <span>{job.model}</span> <span>{job.width} × {job.height}, {job.frames} frames</span>
          {showTenant && <span>{job.tenant}</span>}
          {job.batch && <a href={link("batches", job.batch)}>of a batch</a>}
          {job.priority !== 0 && <span>priority {job.priority}</span>} <Ago time={job.createdAt} />
        </p>
      </div>
      <div class="how">
        <p><State job={job} /> <span class="quiet">{stage(job)}</span></p>
        {(job.state === "running" || job.state === "paused") && <Bar value={fraction(job)} label={`Progress of ${job.id}`} kind={job.state} />}
        {job.error && job.state === "failed" && <p class="bad">{visible(job.error.message)}</p>}
      </div>
      {mayRender && <JobActions job={job} onChange={onChange} />}
    </li>
  );
}

/** What a job is at, in a few words. */
export function stage(job: Job): string {
  switch (job.state) {
    case "queued":
      return job.queuePosition === null ? "waiting" : job.queuePosition === 0 ? "next" : `${job.queuePosition} before it`;
    case "running":
    case "paused": {
      const left = job.state === "running" && job.remainingSeconds !== null ? `, ${duration(job.remainingSeconds)} left` : "";
      if (job.stage === "denoising") return `denoising, step ${job.step} of ${job.steps}${left}`;
      if (job.stage === "decoding") return `decoding, frame ${job.framesDecoded} of ${job.frames}`;
      return job.stage;
    }
    case "awaitingApproval":
      return "its draft is ready";
    case "completed":
      return job.finishedAt ? `in ${duration((Date.parse(job.finishedAt) - Date.parse(job.createdAt)) / 1000)}` : "";
    default:
      return "";
  }
}

function Filters({ query, isOperator }: { query: URLSearchParams; isOperator: boolean }): JSX.Element {
  const models = useLoad<Model[]>("/api/models").value;
  const tenants = useLoad<Tenant[]>(isOperator ? "/api/tenants" : null).value;
  const [text, setText] = useState(query.get("text") ?? "");
  const timer = useRef(0);
  const set = (name: string, value: string): void => {
    const next = new URLSearchParams(location.hash.split("?")[1] ?? "");
    if (value) next.set(name, value);
    else next.delete(name);
    next.delete("after");
    replaceQuery(next);
  };
  const type = (value: string): void => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => set("text", value.trim()), typing);
  };
  const clear = (): void => {
    setText("");
    replaceQuery(new URLSearchParams());
  };
  const isFiltered = [...query.keys()].length > 0;
  return (
    <form class="filters" role="search" aria-label="Jobs" onSubmit={(event) => event.preventDefault()}>
      <Choice label="State" value={query.get("state") ?? ""} any="any state" values={["queued,running,paused,awaitingApproval", ...states]} onChange={(value) => set("state", value)} />
      <Choice label="Model" value={query.get("model") ?? ""} any="any model" values={models?.map((model) => model.name) ?? []} onChange={(value) => set("model", value)} />
      {isOperator && (
        <Choice label="Tenant" value={query.get("tenant") ?? ""} any="any tenant" values={tenants?.map((tenant) => tenant.tenant) ?? []} onChange={(value) => set("tenant", value)} />
      )}
      <label>
        <span>Text</span>
        <input type="search" maxLength={200} placeholder="prompt or id" value={text} onInput={(event) => type(event.currentTarget.value)} />
      </label>
      {isFiltered && <button type="button" onClick={clear}>Clear</button>}
    </form>
  );
}

function Choice({ label, value, any, values, onChange }: { label: string; value: string; any: string; values: string[]; onChange: (value: string) => void }): JSX.Element {
  const all = value === "" || values.includes(value) ? values : [...values, value];
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{any}</option>
        {all.map((one) => <option key={one} value={one}>{one.includes(",") ? "not over" : stateName(one)}</option>)}
      </select>
    </label>
  );
}
