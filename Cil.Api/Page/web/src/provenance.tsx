import type { JSX } from "preact";
import { dateTime, number, visible } from "./format";
import type { Job, JobDetails } from "./types";

/** What the video was, or will be, made with: enough to make it again. */
export function Made({ job, details }: { job: Job; details: JobDetails | null }): JSX.Element {
  return (
    <section>
      <h2>Provenance</h2>
      <dl class="facts">
        <dt>Id</dt><dd class="id">{job.id}</dd>
        <dt>Tenant</dt><dd>{job.tenant}</dd>
        <dt>Prompt</dt><dd class="text">{visible(job.prompt) || "–"}</dd>
        {details?.negativePrompt && <><dt>Negative prompt</dt><dd class="text">{visible(details.negativePrompt)}</dd></>}
        <dt>Model</dt><dd>{job.model}</dd>
        <dt>Weights</dt><dd class="id">{job.weightsHash ?? "not known before the first chunk"}</dd>
        <dt>Seed</dt><dd class="id">{job.seed}</dd>
        <dt>Size</dt><dd>{job.width} × {job.height}, {job.frames} frames{details && ` at ${details.playbackFps} a second`}</dd>
        {details && (
          <>
            <dt>Steps</dt><dd>{details.steps}{details.quality === "fast" && ", of which every third goes through the whole network"}</dd>
            <dt>Guidance</dt><dd>{number(details.guidance)}{details.splitGuidance && ", its halves apart"}</dd>
            <dt>Start (M)</dt><dd>{details.start}</dd>
            <dt>Analytic-Init</dt><dd>{details.isAnalyticInit ? "yes" : "no"} ({details.analyticInit})</dd>
            <dt>Precision</dt><dd>{details.precision}</dd>
            {details.windows > 1 && <><dt>Windows</dt><dd>{details.windows}, {details.joining}</dd></>}
            <dt>Container</dt><dd>{details.container}</dd>
            <dt>Devices</dt><dd>{details.devices.map(visible).join(", ") || "none yet"}</dd>
            {details.failedOn.length > 0 && <><dt>Failed on</dt><dd>{details.failedOn.join(", ")}</dd></>}
            <dt>Version</dt><dd>{details.version}</dd>
          </>
        )}
        <dt>Created</dt><dd>{dateTime(job.createdAt)}</dd>
        {job.finishedAt && <><dt>Over</dt><dd>{dateTime(job.finishedAt)}</dd></>}
      </dl>
    </section>
  );
}
