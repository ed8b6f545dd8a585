import type { JSX } from "preact";
import { duration, number, visible } from "./format";
import { useLoad } from "./load";
import { Toggle } from "./toggle";
import type { QueueStatus, QueueTenant } from "./types";
import { Bar, Empty, Failed, Loading, Title } from "./ui";

const pause = 3000;

/** The queue and how tenants share the devices. */
export function Queue({ mayOperate }: { mayOperate: boolean }): JSX.Element {
  const { value, error, reload } = useLoad<QueueStatus>("/api/queue", pause);
  return (
    <>
      <Title aside={mayOperate && value && <Toggle isPaused={value.isPaused} what="the queue" onChange={reload} />}>Queue</Title>
      {error !== null && <Failed error={error} retry={reload} />}
      {!value && error === null && <Loading what="the queue" />}
      {value && (
        <>
          {value.isPaused && <p class="note">The queue is paused: nothing is handed out. Chunks in hand go to their end.</p>}
          {value.pausedModels.length > 0 && <p class="note">Paused models: {value.pausedModels.map(visible).join(", ")}. Nothing of them is handed out.</p>}
          <dl class="counts">
            <div><dt>Jobs waiting</dt><dd>{number(value.waiting)}</dd></div>
            <div><dt>Chunks at work</dt><dd>{number(value.running)}</dd></div>
            <div><dt>Workers</dt><dd>{number(value.workers.length)}</dd></div>
          </dl>
          <h2>Shares</h2>
          {value.tenants.length === 0 ? <Empty><p>No tenant has sent a job since the queue began.</p></Empty> : <Shares tenants={value.tenants} mayOperate={mayOperate} onChange={reload} />}
        </>
      )}
    </>
  );
}

function Shares({ tenants, mayOperate, onChange }: { tenants: QueueTenant[]; mayOperate: boolean; onChange: () => void }): JSX.Element {
  const used = tenants.reduce((sum, tenant) => sum + tenant.usedSeconds, 0);
  const shares = tenants.reduce((sum, tenant) => sum + tenant.share, 0);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Shares">
      <table>
        <thead>
          <tr>
            <th scope="col">Tenant</th><th scope="col">Waiting</th><th scope="col">Share</th><th scope="col">Device time</th><th scope="col">Of all</th>
            {mayOperate && <th scope="col">Handing out</th>}
          </tr>
        </thead>
        <tbody>
          {tenants.map((tenant) => (
            <tr key={tenant.tenant}>
              <th scope="row">{tenant.tenant}{tenant.isPaused && <> <span class="state paused">paused</span></>}</th>
              <td>{tenant.waiting}</td>
              <td>{number(tenant.share)} ({Math.round((100 * tenant.share) / shares)} %)</td>
              <td>{duration(tenant.usedSeconds)}</td>
              <td><Bar value={used > 0 ? tenant.usedSeconds / used : 0} label={`Device time of ${tenant.tenant}`} /></td>
              {mayOperate && <td><Toggle isPaused={tenant.isPaused} what={tenant.tenant} part={{ tenant: tenant.tenant }} onChange={onChange} /></td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
