import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { send } from "./api";
import { useLoad } from "./load";
import { link } from "./route";
import type { Page, WebhookAttempt, WebhookDelivery } from "./types";
import { Ago, Failed, Loading, notify, notifyError } from "./ui";

const pause = 5000;
const kinds: Record<WebhookDelivery["status"], string> = { pending: "queued", succeeded: "completed", failed: "failed" };
const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
const outcome = (attempt: WebhookAttempt | undefined): string => (attempt ? attempt.error ?? String(attempt.status_code) : "not sent yet");

/** An endpoint's last events and what became of them; asked for when they are unfolded. */
export function Deliveries({ path, name, mayRender }: { path: string; name: string; mayRender: boolean }): JSX.Element {
  const [isOpen, setIsOpen] = useState(false);
  const { value, error, reload } = useLoad<Page<WebhookDelivery>>(isOpen ? `${path}/deliveries` : null, pause);
  const resend = async (delivery: WebhookDelivery): Promise<void> => {
    try {
      await send("POST", `${path}/deliveries/${encodeURIComponent(delivery.id)}/resend`);
      notify(`${delivery.id}: is sent again`);
      reload();
    } catch (failure) {
      notifyError(failure);
    }
  };
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>Deliveries</summary>
      {error !== null && <Failed error={error} retry={reload} />}
      {isOpen && !value && error === null && <Loading what="deliveries" />}
      {value?.data.length === 0 && <p class="quiet">Nothing was sent yet.</p>}
      {value && value.data.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={`Deliveries to ${name}`}>
          <table>
            <thead><tr><th scope="col">Event</th><th scope="col">Job</th><th scope="col">State</th><th scope="col">Last attempt</th><th scope="col">Attempts</th><th scope="col">Since</th>{mayRender && <th scope="col">Again</th>}</tr></thead>
            <tbody>
              {value.data.map((delivery) => (
                <tr key={delivery.id}>
                  <th scope="row">{delivery.event_type}</th>
                  <td><a class="id" href={link("jobs", delivery.video_id)}>{delivery.video_id}</a></td>
                  <td><span class={`state ${kinds[delivery.status]}`}>{delivery.status}</span></td>
                  <td>{outcome(delivery.attempts.at(-1))}</td>
                  <td>{delivery.attempts.length}</td>
                  <td><Ago time={time(delivery.created_at)} /></td>
                  {mayRender && <td>{delivery.status !== "pending" && <button type="button" class="small" aria-label={`Send ${delivery.id} again`} onClick={() => void resend(delivery)}>Send again</button>}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
