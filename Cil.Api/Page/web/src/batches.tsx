import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { BatchActions } from "./actions";
import type { ApiError } from "./api";
import { count, visible } from "./format";
import { useLoad } from "./load";
import { Pages } from "./pages";
import { link } from "./route";
import type { StreamState } from "./stream";
import { follow } from "./stream";
import type { Batch, BatchMember, BatchPage, BatchSummary } from "./types";
import { isFinished } from "./types";
import { Ago, Bar, Empty, Failed, fraction, Loading, Picture, State, Title } from "./ui";

const pause = 4000;
const pageLength = 20;

const share = (batch: { step: number; steps: number; completed: number }, videos: number): number =>
  batch.completed === videos ? 1 : batch.steps > 0 ? Math.min(0.99, batch.step / batch.steps) : 0;

/** Batches: several videos of one request, each with one progress. */
export function Batches({ query, isOperator, mayRender }: { query: URLSearchParams; isOperator: boolean; mayRender: boolean }): JSX.Element {
  const asked = new URLSearchParams({ limit: String(pageLength) });
  const after = query.get("after");
  if (after) asked.set("after", after);
  const { value, error, reload } = useLoad<BatchPage>(`/api/batches?${asked}`, pause);
  return (
    <>
      <Title aside={mayRender && <a class="button primary" href={`${link("new")}?batch=1`}>New batch</a>}>Batches</Title>
      {error !== null && <Failed error={error} retry={reload} />}
      {!value && error === null && <Loading what="batches" />}
      {value?.batches.length === 0 && <Empty><p>There are no batches. One has several videos of a prompt: of several seeds, or of several pictures.</p></Empty>}
      {value && value.batches.length > 0 && (
        <ul class="jobs">
          {value.batches.map((batch) => <Row key={batch.id} batch={batch} showTenant={isOperator} mayRender={mayRender} onChange={reload} />)}
        </ul>
      )}
      <Pages view="batches" query={query} next={value?.hasMore ? value.next : null} />
    </>
  );
}

function Row({ batch, showTenant, mayRender, onChange }: { batch: BatchSummary; showTenant: boolean; mayRender: boolean; onChange: () => void }): JSX.Element {
  return (
    <li class="job batch">
      <div class="what">
        <a class="prompt" href={link("batches", batch.id)}>{visible(batch.prompt) || "(no prompt)"}</a>
        <p class="quiet meta">
          <span class="id">{batch.id}</span> <span>{batch.model}</span> {showTenant && <span>{batch.tenant}</span>} <Ago time={batch.createdAt} />
        </p>
      </div>
      <div class="how">
        <p><State job={batch} /> <span class="quiet">{batch.completed} of {count(batch.videos, "video")}</span></p>
        <Bar value={share(batch, batch.videos)} label={`Progress of ${batch.id}`} kind={batch.state} />
      </div>
      {mayRender && <BatchActions id={batch.id} isOver={isFinished(batch)} onChange={onChange} />}
    </li>
  );
}

/** One batch, followed to its end: its progress and its videos. */
export function BatchView({ id, mayRender }: { id: string; mayRender: boolean }): JSX.Element {
  const [batch, setBatch] = useState<Batch | null>(null);
  const [stream, setStream] = useState<{ state: StreamState; error?: ApiError }>({ state: "connecting" });
  const [turn, setTurn] = useState(0);
  const path = `/api/batches/${encodeURIComponent(id)}`;
  useEffect(
    () => follow<Batch>(`${path}/events`, setBatch, (state, error) => setStream(error ? { state, error } : { state }), isFinished),
    [path, turn],
  );
  const isGone = stream.error && stream.error.status >= 400 && stream.error.status < 500;
  const again = (): void => setTurn(turn + 1);
  const prompt = batch?.members.find((member) => member.job)?.job?.prompt;
  return (
    <article class="one">
      <Title aside={batch && !isGone && mayRender && <BatchActions id={id} isOver={isFinished(batch)} onChange={again} />}>{prompt ? visible(prompt) : `Batch ${id}`}</Title>
      {isGone && <Failed error={stream.error} retry={again} />}
      {!batch && !isGone && <Loading what="the batch" />}
      {batch && !isGone && (
        <>
          <p class="now" aria-live="polite"><State job={batch} /> {batch.completed} of {count(batch.members.length, "video")}</p>
          {stream.state === "lost" && !isFinished(batch) && <p class="wire lost" role="status">{stream.error?.message} Connecting again…</p>}
          <Bar value={share(batch, batch.members.length)} label="Progress" kind={batch.state} />
          <p class="quiet"><span class="id">{batch.id}</span>, step {batch.step} of {batch.steps}</p>
          <ul class="members">{batch.members.map((member, index) => <Member key={member.jobId} member={member} number={index + 1} />)}</ul>
        </>
      )}
    </article>
  );
}

function Member({ member, number }: { member: BatchMember; number: number }): JSX.Element {
  const job = member.job;
  const preview = job?.previewUrl && `${job.previewUrl}?v=${job.step + job.framesDecoded}`;
  return (
    <li class="card member">
      <Picture url={job ? job.posterUrl ?? preview ?? `/api/jobs/${encodeURIComponent(job.id)}/image` : null} alt="" />
      <p>{job ? <a href={link("jobs", job.id)}>Video {number}</a> : `Video ${number}`} {job ? <State job={job} /> : <span class="state">{member.error ? "refused" : "not submitted"}</span>}</p>
      {job && !isFinished(job) && <Bar value={fraction(job)} label={`Progress of video ${number}`} kind={job.state} />}
      {member.error && <p class="bad">{visible(member.error.message)}</p>}
      {job?.error && job.state === "failed" && <p class="bad">{visible(job.error.message)}</p>}
      <p class="quiet">seed <span class="id">{member.seed}</span>{member.image > 0 && `, picture ${member.image + 1}`}</p>
    </li>
  );
}
