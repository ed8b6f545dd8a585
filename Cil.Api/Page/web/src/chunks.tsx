import type { JSX } from "preact";
import { count } from "./format";
import type { Chunk } from "./types";
import { Bar } from "./ui";

const names = { denoise: "denoising", decode: "decoding", measure: "measuring", predict: "predicting" };
const units = { denoise: "step", decode: "frame", measure: "clip", predict: "step" };
const mostRows = 200;

function state(chunk: Chunk, isOver: boolean): string {
  if (chunk.done >= chunk.count) return "done";
  if (chunk.worker) return "running";
  return isOver ? "not done" : "waiting";
}

/** The parts of a job's work, each a square; and as a table. */
export function Chunks({ chunks, isOver }: { chunks: Chunk[]; isOver: boolean }): JSX.Element {
  const done = chunks.filter((chunk) => chunk.done >= chunk.count).length;
  const running = chunks.filter((chunk) => state(chunk, isOver) === "running");
  return (
    <section>
      <h2>Chunks</h2>
      <p>{done} of {count(chunks.length, "chunk")} done{running.length > 0 && `; at work: ${running.map((chunk) => `${names[chunk.kind]} on ${chunk.worker}`).join(", ")}`}</p>
      <div class="chunks" aria-hidden="true">
        {chunks.map((chunk) => (
          <span
            key={chunk.index}
            class={`chunk ${chunk.kind} ${state(chunk, isOver).replace(" ", "-")} ${chunk.failures > 0 ? "failed" : ""}`}
            title={`${chunk.index}: ${names[chunk.kind]}, ${state(chunk, isOver)}`}
          />
        ))}
      </div>
      <details>
        <summary>All chunks</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label="All chunks">
          <table>
            <thead><tr><th scope="col">Chunk</th><th scope="col">Work</th><th scope="col">State</th><th scope="col">Progress</th><th scope="col">Worker</th><th scope="col">Failures</th></tr></thead>
            <tbody>
              {chunks.slice(0, mostRows).map((chunk) => (
                <tr key={chunk.index}>
                  <th scope="row">{chunk.index}</th>
                  <td>{names[chunk.kind]}{chunks.some((other) => other.window > 0) && `, window ${chunk.window + 1}`}</td>
                  <td>{state(chunk, isOver)}</td>
                  <td><Bar value={chunk.done / Math.max(1, chunk.count)} label={`Chunk ${chunk.index}`} /> {chunk.done} of {count(chunk.count, units[chunk.kind])}</td>
                  <td>{chunk.worker ?? "–"}</td>
                  <td>{chunk.failures}{chunk.losses > 0 && `, ${count(chunk.losses, "worker")} lost`}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {chunks.length > mostRows && <p class="quiet">and {chunks.length - mostRows} more</p>}
        </div>
      </details>
    </section>
  );
}
