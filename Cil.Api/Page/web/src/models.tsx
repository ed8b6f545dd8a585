import type { JSX } from "preact";
import { useLoad } from "./load";
import { number, visible } from "./format";
import { link } from "./route";
import { Toggle } from "./toggle";
import type { Model, QueueStatus } from "./types";
import { Empty, Failed, Loading, Title } from "./ui";

const pause = 5000;

/** The models and their presets; an operator pauses one. */
export function Models({ mayRender, mayOperate }: { mayRender: boolean; mayOperate: boolean }): JSX.Element {
  const { value, error, reload } = useLoad<Model[]>("/api/models");
  const queue = useLoad<QueueStatus>("/api/queue", pause);
  const isPaused = (model: Model): boolean => queue.value?.pausedModels.includes(model.name) ?? false;
  return (
    <>
      <Title>Models</Title>
      {error !== null && <Failed error={error} retry={reload} />}
      {!value && error === null && <Loading what="models" />}
      {value?.length === 0 && <Empty><p>This service has no model.</p></Empty>}
      <div class="cards">
        {value?.map((model) => (
          <section class="card" key={model.name} aria-label={model.name}>
            <h2>{model.name}{isPaused(model) && <> <span class="state paused">paused</span></>}</h2>
            {model.summary && <p>{visible(model.summary)}</p>}
            <dl class="facts">
              <dt>Size</dt><dd>{model.width} × {model.height}; multiples of {model.sizeMultiple}</dd>
              <dt>Frames</dt><dd>{model.frames} at once, {model.playbackFps} a second</dd>
              <dt>Steps</dt><dd>{model.steps}</dd>
              <dt>Guidance</dt><dd>{number(model.guidance)}</dd>
              <dt>Start (M)</dt><dd>{model.start}</dd>
            </dl>
            {model.presets.length > 0 && (
              <>
                <h3>Presets</h3>
                <ul class="plain">
                  {model.presets.map((preset) => (
                    <li key={preset.name}>{preset.name}: M = {preset.start}{preset.analyticInit === "auto" && ", Analytic-Init"}{preset.needsStatistics && " (needs statistics)"}</li>
                  ))}
                </ul>
              </>
            )}
            <div class="buttons">
              {mayRender && <a class="button" href={`${link("new")}?model=${encodeURIComponent(model.name)}`}>Use it</a>}
              {mayOperate && queue.value && <Toggle isPaused={isPaused(model)} what={model.name} part={{ model: model.name }} onChange={queue.reload} />}
            </div>
          </section>
        ))}
      </div>
    </>
  );
}
