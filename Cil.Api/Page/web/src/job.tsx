import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { JobActions, Priority } from "./actions";
import type { ApiError } from "./api";
import { get } from "./api";
import { Chunks } from "./chunks";
import { count, dateTime, duration, number, visible } from "./format";
import { stage } from "./jobs";
import { useLoad } from "./load";
import { Made } from "./provenance";
import { link } from "./route";
import type { StreamState } from "./stream";
import { follow } from "./stream";
import type { Job, JobDetails } from "./types";
import { isFinished } from "./types";
import { Ago, Bar, Failed, fraction, Loading, Picture, State, Title, useMedia } from "./ui";

const detailsPause = 1500;
const reasonPause = 3000;

/** One job, followed to its end. */
export function JobView({ id, mayRender }: { id: string; mayRender: boolean }): JSX.Element {
  const [job, setJob] = useState<Job | null>(null);
  const [stream, setStream] = useState<{ state: StreamState; error?: ApiError }>({ state: "connecting" });
  const [turn, setTurn] = useState(0);
  const path = `/api/jobs/${encodeURIComponent(id)}`;
  useEffect(
    () => follow<Job>(`${path}/events`, setJob, (state, error) => setStream(error ? { state, error } : { state }), isFinished),
    [path, turn],
  );
  const isGone = stream.error && stream.error.status >= 400 && stream.error.status < 500;
  const change = (after: Job | null): void => {
    if (!after || !job) return;
    // A finished job's events are over: one that is taken up again has new ones.
    if (isFinished(job) && !isFinished(after)) setTurn(turn + 1);
    setJob(after);
  };
  const isThere = job !== null && !isGone;
  return (
    <article class="one">
      <Title aside={isThere && mayRender && <JobActions job={job} onChange={change} all />}>{isThere ? visible(job.prompt) || "(no prompt)" : `Job ${id}`}</Title>
      {isGone && <Failed error={stream.error} retry={() => setTurn(turn + 1)} />}
      {!isThere && !isGone && (stream.state === "lost" ? <Failed error={stream.error} /> : <Loading what="the job" />)}
      {isThere && <Body job={job} stream={stream} path={path} mayRender={mayRender} onChange={change} />}
    </article>
  );
}

interface Shown {
  job: Job;
  stream: { state: StreamState; error?: ApiError };
  path: string;
  mayRender: boolean;
  onChange: (job: Job | null) => void;
}

function Body({ job, stream, path, mayRender, onChange }: Shown): JSX.Element {
  const isOver = isFinished(job);
  const details = useLoad<JobDetails>(`${path}/details`, isOver ? 0 : detailsPause).value;
  const waiting = useLoad<{ reason: string | null }>(isOver ? null : `${path}/why`, reasonPause).value;
  const reason = isOver ? null : waiting?.reason;
  return (
    <>
      <p class="now" aria-live="polite"><State job={job} /> {announced(job)}</p>
      {stream.state === "lost" && !isFinished(job) && <p class="wire lost" role="status">{stream.error?.message} Connecting again…</p>}
      {(job.state === "running" || job.state === "paused") && <p class="quiet">{stage(job)}</p>}
      {!isFinished(job) && <Bar value={fraction(job)} label="Progress" kind={job.state} />}
      {reason && <section class="note" aria-label="Why it waits"><h2>Why it waits</h2><p>{visible(reason)}</p></section>}
      {job.error && job.state !== "cancelled" && (
        <section class="note bad" aria-label="Error">
          <h2>{job.state === "failed" ? "Why it failed" : "Last error"}</h2>
          <p>{visible(job.error.message)}</p>
          <p class="quiet">{job.error.code}{job.error.retryable && ", may be tried again"}</p>
        </section>
      )}
      <div class="media">
        <Result job={job} />
        <figure>
          <Picture url={`${path}/image`} alt="The picture that the video is made from" />
          <figcaption>Picture</figcaption>
        </figure>
        <Numbers job={job} />
      </div>
      {mayRender && !isFinished(job) && <Priority key={job.priority} job={job} onChange={onChange} />}
      {details && <Chunks chunks={details.chunks} isOver={isFinished(job)} />}
      <Made job={job} details={details} />
      {mayRender && <p><a href={`${link("new")}?after=${encodeURIComponent(job.id)}`}>New job that begins after this one</a></p>}
    </>
  );
}

// Read out when it changes: not at each step.
function announced(job: Job): string {
  if (job.state === "queued") return job.queuePosition === null ? "" : job.queuePosition === 0 ? "It is next." : `${count(job.queuePosition, "job")} before it.`;
  if (job.state === "awaitingApproval") return "Its draft is ready: approve it, and the video is made.";
  if (job.state === "completed") return "The video is ready.";
  return job.state === "running" ? `${job.stage}` : "";
}

function Result({ job }: { job: Job }): JSX.Element {
  const url = job.videoUrl ?? (job.state === "awaitingApproval" ? job.draftUrl : null);
  const isVideo = url !== null;
  const { source, failed } = useMedia(url);
  const [name, setName] = useState<string | null>(null);
  const poster = useMedia(job.posterUrl).source;
  useEffect(() => {
    // What it is called when it is kept: the container is not in the address.
    if (!job.videoUrl) return;
    void get<JobDetails>(`/api/jobs/${encodeURIComponent(job.id)}/details`).then((details) => setName(`${job.id}.${details.container}`), () => setName(job.id));
  }, [job.id, job.videoUrl]);
  if (!isVideo) {
    const preview = job.previewUrl && `${job.previewUrl}?v=${job.step + job.framesDecoded}`;
    return (
      <figure class="result">
        <Picture url={preview} alt="What the middle frame looks like now" />
        <figcaption>{job.previewUrl ? "Preview of the middle frame" : "No preview yet"}</figcaption>
      </figure>
    );
  }
  const isMovie = name === null || name.endsWith(".mp4");
  return (
    <figure class="result">
      {failed && <p class="bad">The video could not be loaded.</p>}
      {source && isMovie && <video src={source} poster={poster ?? undefined} controls loop playsInline aria-label="The video" />}
      {source && !isMovie && <img class="picture" src={source} alt="The video" />}
      <figcaption>
        {job.videoUrl ? "Video" : "Draft"} {source && <a href={source} download={name ?? job.id}>Download</a>}
      </figcaption>
    </figure>
  );
}

function Numbers({ job }: { job: Job }): JSX.Element {
  const end = job.finishedAt ? Date.parse(job.finishedAt) : null;
  return (
    <dl class="facts">
      <dt>Created</dt><dd><Ago time={job.createdAt} /></dd>
      {end && <><dt>Took</dt><dd>{duration((end - Date.parse(job.createdAt)) / 1000)}</dd></>}
      {job.flow !== null && <><dt>Motion</dt><dd title="Mean length of the optical flow">{number(job.flow)} pixels a frame</dd></>}
      {job.flicker !== null && <><dt>Flicker</dt><dd title="Mean difference of neighbouring frames after the motion is taken out, 0 to 255">{number(job.flicker)} of 255</dd></>}
      {job.frameDifference !== null && <><dt>Frame difference</dt><dd title="Mean difference of neighbouring frames, 0 to 255">{number(job.frameDifference)} of 255</dd></>}
      {job.batch && <><dt>Batch</dt><dd><a class="id" href={link("batches", job.batch)}>{job.batch}</a></dd></>}
      {job.after.length > 0 && <><dt>Begins after</dt><dd>{job.after.map((id) => <a key={id} class="id line" href={link("jobs", id)}>{id}</a>)}</dd></>}
      {job.approveBy && <><dt>Approve by</dt><dd>{dateTime(job.approveBy)}</dd></>}
      {job.workers.length > 0 && <><dt>At work</dt><dd>{job.workers.join(", ")}</dd></>}
      {job.failures > 0 && <><dt>Failures</dt><dd>{job.failures}</dd></>}
      {job.deadline && <><dt>Deadline</dt><dd><Ago time={job.deadline} /></dd></>}
      {job.expiresAt && <><dt>Deleted</dt><dd><Ago time={job.expiresAt} /></dd></>}
    </dl>
  );
}
