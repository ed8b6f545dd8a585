import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { message, send } from "./api";
import { Deliveries } from "./deliveries";
import { useLoad } from "./load";
import type { Page, WebhookEndpoint } from "./types";
import { Confirm, Empty, Failed, Loading, notify, notifyError, Title } from "./ui";

const address = "/v1/webhook_endpoints";
const events = ["video.completed", "video.failed"];

/** Where the ends of the tenant's jobs are told. */
export function Webhooks({ mayRender }: { mayRender: boolean }): JSX.Element {
  const { value, error, reload } = useLoad<Page<WebhookEndpoint>>(`${address}?limit=100`);
  const [isNew, setIsNew] = useState(false);
  const [made, setMade] = useState<WebhookEndpoint | null>(null);
  const done = (endpoint: WebhookEndpoint | null): void => {
    setIsNew(false);
    if (endpoint) setMade(endpoint);
    reload();
  };
  return (
    <>
      <Title aside={mayRender && !isNew && <button type="button" class="primary" onClick={() => setIsNew(true)}>New endpoint</button>}>Webhooks</Title>
      <p class="quiet">An endpoint is sent an event when a job of this tenant ends.</p>
      {error !== null && <Failed error={error} retry={reload} />}
      {!value && error === null && <Loading what="endpoints" />}
      {isNew && <NewEndpoint onDone={done} />}
      {made?.signing_secret && (
        <section class="note" aria-label="Signing secret">
          <h2>Signing secret of {made.name}</h2>
          <p>It is shown only now: <code class="id">{made.signing_secret}</code></p>
          <button type="button" onClick={() => setMade(null)}>I have it</button>
        </section>
      )}
      {value?.data.length === 0 && !isNew && <Empty><p>There are no endpoints.</p></Empty>}
      <div class="stack">
        {value?.data.map((endpoint) => <Endpoint key={endpoint.id} endpoint={endpoint} mayRender={mayRender} onChange={done} />)}
      </div>
    </>
  );
}

function NewEndpoint({ onDone }: { onDone: (endpoint: WebhookEndpoint | null) => void }): JSX.Element {
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [chosen, setChosen] = useState(events);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      onDone(await send<WebhookEndpoint>("POST", address, { name, url, event_types: chosen }));
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <form class="card" aria-label="New endpoint" onSubmit={(event) => void save(event)}>
      {failure !== null && <p class="bad" role="alert">{message(failure)}</p>}
      <div class="field"><label for="hook-name">Name</label><input id="hook-name" required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} /></div>
      <div class="field"><label for="hook-url">Address</label><input id="hook-url" type="url" required placeholder="https://hooks.example.org/cil" value={url} onInput={(event) => setUrl(event.currentTarget.value)} /></div>
      <fieldset>
        <legend>Events</legend>
        {events.map((one) => (
          <label class="check" key={one}>
            <input type="checkbox" checked={chosen.includes(one)} onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, one] : chosen.filter((other) => other !== one))} /> <span>{one}</span>
          </label>
        ))}
      </fieldset>
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy}>Add</button>
        <button type="button" onClick={() => onDone(null)}>Go back</button>
      </div>
    </form>
  );
}

function Endpoint({ endpoint, mayRender, onChange }: { endpoint: WebhookEndpoint; mayRender: boolean; onChange: (endpoint: WebhookEndpoint | null) => void }): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [asks, setAsks] = useState(false);
  const path = `${address}/${encodeURIComponent(endpoint.id)}`;
  const run = async (action: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await action();
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };
  const test = (): Promise<void> => run(async () => {
    const result = await send<{ status_code: number }>("POST", `${path}/test`, { event_type: endpoint.event_types[0] });
    notify(`${endpoint.name}: it answered ${result?.status_code}`);
  });
  const rotate = (): Promise<void> => run(async () => onChange(await send<WebhookEndpoint>("POST", `${path}/rotate_secret`, { keep_old_secret_active_for_24_hours: true })));
  const remove = (): Promise<void> => run(async () => {
    await send("DELETE", path);
    notify(`${endpoint.name}: deleted`);
    onChange(null);
  });
  return (
    <section class="card" aria-label={endpoint.name}>
      <h2>{endpoint.name}</h2>
      {endpoint.disabled_at !== null && <p class="bad">Disabled: it answered 410. A new address enables it again.</p>}
      <dl class="facts">
        <dt>Address</dt><dd>{endpoint.url}</dd>
        <dt>Events</dt><dd>{endpoint.event_types.join(", ")}</dd>
        <dt>Secret</dt><dd class="id">{endpoint.signing_secret_hint}</dd>
      </dl>
      {mayRender && (
        <div class="buttons" role="group" aria-label={`Actions of ${endpoint.name}`}>
          <button type="button" disabled={busy} onClick={() => void test()}>Send an example</button>
          <button type="button" disabled={busy} onClick={() => void rotate()}>New secret</button>
          <button type="button" class="danger" disabled={busy} onClick={() => setAsks(true)}>Delete</button>
        </div>
      )}
      <Deliveries path={path} name={endpoint.name} mayRender={mayRender} />
      {asks && <Confirm title="Delete this endpoint?" action="Delete" onYes={() => void remove()} onNo={() => setAsks(false)}>Events that it was not sent yet are deleted with it.</Confirm>}
    </section>
  );
}
