import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, message, request } from "./api";
import { Drop } from "./drop";
import { Check, Field, Fields, Moment, Select, Text } from "./fields";
import { number } from "./format";
import { useLoad } from "./load";
import { link } from "./route";
import type { FieldError, Model } from "./types";
import { Failed, Loading, notify, Title } from "./ui";

const keyBytes = 16;

/** Names a submission, so that one that is sent again after an answer was lost is no second job. */
const newKey = (): string => [...crypto.getRandomValues(new Uint8Array(keyBytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Makes a job: a picture, a prompt, and what is left to the model where it is not given. */
export function Submit({ query }: { query: URLSearchParams }): JSX.Element {
  const models = useLoad<Model[]>("/api/models");
  if (!models.value) return <><Title>New job</Title>{models.error !== null ? <Failed error={models.error} retry={models.reload} /> : <Loading what="models" />}</>;
  return <><Title>New job</Title><Form models={models.value} query={query} /></>;
}

function Form({ models, query }: { models: Model[]; query: URLSearchParams }): JSX.Element {
  const [values, setValues] = useState<Record<string, string>>({
    model: models.find((one) => one.name === query.get("model"))?.name ?? models[0]?.name ?? "", after: query.get("after") ?? "",
  });
  const [images, setImages] = useState<File[]>([]);
  const [statistics, setStatistics] = useState<File | null>(null);
  const [preset, setPreset] = useState("");
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const sent = useRef<{ key: string; body: string } | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const model = models.find((one) => one.name === values["model"]);
  const isBatch = images.length > 1 || ["count", "seeds"].some((name) => values[name]?.trim());

  const set = (name: string, value: string): void => {
    setValues((before) => ({ ...before, [name]: value }));
    setErrors((before) => before.filter((error) => error.field !== name));
  };
  const choose = (name: string): void => {
    setPreset(name);
    const chosen = model?.presets.find((one) => one.name === name);
    set("start", chosen ? String(chosen.start) : "");
    set("analyticInit", chosen?.analyticInit ?? "");
  };
  useEffect(() => {
    // To the first field that is wrong, also where it is folded away.
    if (errors.length === 0) return;
    const first = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    const fold = first?.closest("details");
    if (fold) fold.open = true;
    first?.focus();
  }, [errors]);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) if (value.trim() !== "") body.set(name, name === "deadline" ? new Date(value).toISOString() : value);
    images.forEach((image, index) => body.set(index === 0 ? "image" : `image${index + 1}`, image, image.name));
    if (statistics) body.set("statistics", statistics, statistics.name);
    const mark = JSON.stringify([values, images.map((image) => [image.name, image.size, image.lastModified]), statistics?.name, statistics?.size]);
    if (sent.current?.body !== mark) sent.current = { key: newKey(), body: mark };
    setBusy(true);
    setFailure(null);
    setErrors([]);
    try {
      const answer = await request(isBatch ? "/api/batches" : "/api/jobs", { method: "POST", body, headers: { "Idempotency-Key": sent.current.key } });
      const made = (await answer.json()) as { id: string };
      notify(`${made.id}: submitted`);
      location.hash = link(isBatch ? "batches" : "jobs", made.id);
    } catch (error) {
      // Refused is over: the same again is a new submission. What got no answer may have arrived.
      if (error instanceof ApiError && error.status !== 0) sent.current = null;
      setFailure(error);
      if (error instanceof ApiError) setErrors(error.errors);
    } finally {
      setBusy(false);
    }
  };

  const unknown = errors.filter((error) => !form.current?.querySelector(`[name="${CSS.escape(error.field)}"]`));
  const fields = { values, errors, set };
  return (
    <Fields.Provider value={fields}>
      <form class="submit" ref={form} noValidate onSubmit={(event) => void submit(event)}>
        {failure !== null && (
          <div class="fault" role="alert">
            {errors.length === 0 ? <p>{message(failure)}</p> : <p>Not submitted: {errors.length === 1 ? "one field is" : `${errors.length} fields are`} not right.</p>}
            {unknown.map((error) => <p key={error.field}>{error.field}: {error.message}</p>)}
          </div>
        )}
        <Drop files={images} onFiles={(files) => { setImages(files); setErrors((before) => before.filter((error) => !error.field.startsWith("image"))); }} />
        <div>
          <Field name="prompt" label="Prompt"><Text name="prompt" rows={3} placeholder="what moves, and how" /></Field>
          <div class="row">
            <Field name="model" label="Model" note={model?.summary}><Select name="model" values={models.map((one) => [one.name, one.name])} /></Field>
            {model && model.presets.length > 0 && (
              <div class="field">
                <label for="preset">Preset</label>
                <select id="preset" value={preset} onChange={(event) => choose(event.currentTarget.value)}>
                  <option value="">the model's own</option>
                  {model.presets.map((one) => <option key={one.name} value={one.name}>{one.name}{one.needsStatistics ? " (needs statistics)" : ""}</option>)}
                </select>
              </div>
            )}
          </div>
          <div class="row">
            <Field name="width" label="Width" note={model && `multiples of ${model.sizeMultiple}`}><Text name="width" numeric placeholder={String(model?.width ?? "")} /></Field>
            <Field name="height" label="Height"><Text name="height" numeric placeholder={String(model?.height ?? "")} /></Field>
            <Field name="frames" label="Frames" note={model && `${model.frames} at once`}><Text name="frames" numeric placeholder={String(model?.frames ?? "")} /></Field>
            <Field name="seed" label="Seed"><Text name="seed" numeric placeholder="drawn" /></Field>
          </div>
          <details class="fold" open={query.has("batch")}>
            <summary>Several videos</summary>
            <p class="quiet">Several pictures, or several seeds, make a batch: one request with one progress, of at most 256 videos.</p>
            <div class="row">
              <Field name="count" label="Videos of each picture" note="with seeds in sequence"><Text name="count" numeric placeholder="1" /></Field>
              <Field name="seeds" label="or their seeds" note="with commas between"><Text name="seeds" placeholder="1, 2, 3" /></Field>
            </div>
          </details>
          <Advanced model={model} onStatistics={setStatistics} />
          <div class="buttons">
            <button type="submit" class="primary" disabled={busy}>{busy ? "Sending…" : isBatch ? "Submit the batch" : "Submit"}</button>
          </div>
        </div>
      </form>
    </Fields.Provider>
  );
}

function Advanced({ model, onStatistics }: { model: Model | undefined; onStatistics: (file: File | null) => void }): JSX.Element {
  return (
    <details class="fold">
      <summary>Advanced</summary>
      <Field name="negativePrompt" label="Negative prompt"><Text name="negativePrompt" rows={2} /></Field>
      <div class="row">
        <Field name="steps" label="Steps"><Text name="steps" numeric placeholder={String(model?.steps ?? "")} /></Field>
        <Field name="guidance" label="Guidance" note="1 is none"><Text name="guidance" numeric placeholder={model ? number(model.guidance) : ""} /></Field>
        <Field name="start" label="Start (M)" note="of 1000"><Text name="start" numeric placeholder={String(model?.start ?? "")} /></Field>
        <Field name="playbackFps" label="Frames / s"><Text name="playbackFps" numeric placeholder={String(model?.playbackFps ?? "")} /></Field>
      </div>
      <div class="row">
        <Field name="analyticInit" label="Analytic-Init" note="auto, off, or the id of statistics"><Text name="analyticInit" placeholder="auto" /></Field>
        <Field name="statistics" label="Statistics file">
          <input id="statistics" name="statistics" type="file" onChange={(event) => onStatistics(event.currentTarget.files?.[0] ?? null)} />
        </Field>
      </div>
      <div class="row">
        <Field name="container" label="Container"><Select name="container" values={[["", "mp4"], ["webp", "webp"], ["gif", "gif"]]} /></Field>
        <Field name="joining" label="Windows" note="of long videos"><Select name="joining" values={[["", "continue"], ["overlap", "overlap"]]} /></Field>
        <Field name="overlap" label="Overlap" note="frames"><Text name="overlap" numeric placeholder="a quarter" /></Field>
        <Field name="quality" label="Quality" note="fast: another video, near the full one"><Select name="quality" values={[["", "full"], ["fast", "fast"]]} /></Field>
      </div>
      <div class="row">
        <Field name="priority" label="Priority" note="-100 to 100"><Text name="priority" numeric placeholder="0" /></Field>
        <Field name="deadline" label="Deadline"><Moment name="deadline" /></Field>
      </div>
      <Field name="after" label="Begins after" note="ids of up to 16 jobs, with commas between"><Text name="after" /></Field>
      <div class="row">
        <Field name="motionBucket" label="Motion bucket" note="Stable Video Diffusion"><Text name="motionBucket" numeric placeholder="the model's" /></Field>
        <Field name="fpsCondition" label="Fps condition"><Text name="fpsCondition" numeric placeholder="the model's" /></Field>
        <Field name="noiseAugmentation" label="Picture noise" note="Stable Video Diffusion"><Text name="noiseAugmentation" numeric placeholder="the model's" /></Field>
        <Field name="imageGuidance" label="Image guidance"><Text name="imageGuidance" numeric placeholder="none" /></Field>
        <Field name="motion" label="Motion" note="low-pass guidance, to 1"><Text name="motion" numeric placeholder="none" /></Field>
        <Field name="motionShare" label="of the steps"><Text name="motionShare" numeric placeholder="0.2" /></Field>
      </div>
      <div class="row">
        <Check name="approval" label="A draft first, which waits for approval" />
        <Field name="draftSteps" label="Draft steps"><Text name="draftSteps" numeric placeholder="a quarter" /></Field>
      </div>
      <Check name="splitGuidance" label="The two halves of guidance may run on two devices" />
    </details>
  );
}
