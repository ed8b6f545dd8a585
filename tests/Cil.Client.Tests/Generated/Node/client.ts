// Renders with a client that is generated from the service's document: node client.js URL KEY PICTURE
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { paths } from "./cil.js";

const [url, key, picture] = process.argv.slice(2) as [string, string, string];
const cil = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${key}` } });
const image = new Blob([new Uint8Array(await readFile(picture))], { type: "image/png" });

// The document's type of a file is text; what is sent is the form below.
const body = { prompt: "a thing", steps: "4", seed: "5", image: image as unknown as string };
const toForm = (fields: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
};

const submitted = await cil.POST("/api/jobs", { body, bodySerializer: toForm });
if (!submitted.data) throw new Error(JSON.stringify(submitted.error));
const id = submitted.data.id;
let job = submitted.data;
while (job.state !== "completed" && job.state !== "failed") {
  await pause(100);
  const { data, error } = await cil.GET("/api/jobs/{id}", { params: { path: { id } } });
  if (!data) throw new Error(JSON.stringify(error));
  job = data;
}

const video = await cil.GET("/api/jobs/{id}/video", { params: { path: { id } }, parseAs: "arrayBuffer" });
const refused = await cil.POST("/api/jobs", { body: { ...body, steps: "many" }, bodySerializer: toForm });
console.log(JSON.stringify({
  state: job.state,
  seed: job.seed,
  bytes: Buffer.from(video.data as ArrayBuffer).subarray(4, 8).toString("latin1"),
  refused: { status: refused.response.status, code: refused.error?.code, fields: refused.error?.errors?.map((error) => error.field) },
}));
