import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { bytes, dateTime, duration, number } from "./format";
import { useLoad } from "./load";
import { QuotaForm } from "./quota";
import type { QueueStatus, Tenant } from "./types";
import { Bar, Empty, Failed, Loading, Title } from "./ui";

const pause = 5000;

/** What tenants have used, against what they may; an operator changes what they may. */
export function Tenants({ mayOperate }: { mayOperate: boolean }): JSX.Element {
  const { value, error, reload } = useLoad<Tenant[]>("/api/tenants", pause);
  const queue = useLoad<QueueStatus>("/api/queue", pause).value;
  const [edited, setEdited] = useState<string | null>(null);
  const done = (): void => {
    setEdited(null);
    reload();
  };
  return (
    <>
      <Title>Tenants</Title>
      {error !== null && <Failed error={error} retry={reload} />}
      {!value && error === null && <Loading what="tenants" />}
      {value?.length === 0 && <Empty><p>No tenant has a key or a job.</p></Empty>}
      <div class="cards">
        {value?.map((tenant) => (
          <section class="card" key={tenant.tenant} aria-label={tenant.tenant}>
            <h2>{tenant.tenant}</h2>
            {edited === tenant.tenant ? <QuotaForm tenant={tenant} onDone={done} /> : <Uses tenant={tenant} waiting={queue?.tenants.find((one) => one.tenant === tenant.tenant)?.waiting ?? 0} />}
            {mayOperate && edited === null && <div class="buttons"><button type="button" aria-label={`Change limits of ${tenant.tenant}`} onClick={() => setEdited(tenant.tenant)}>Change limits</button></div>}
          </section>
        ))}
      </div>
    </>
  );
}

function Uses({ tenant, waiting }: { tenant: Tenant; waiting: number }): JSX.Element {
  const quota = tenant.quota;
  return (
    <>
      <Use label="Device time today" used={tenant.deviceSecondsToday} most={quota.deviceSecondsPerDay} show={duration} />
      <Use label="Device time this month" used={tenant.deviceSecondsThisMonth} most={quota.deviceSecondsPerMonth} show={duration} />
      <Use label="Storage" used={tenant.storedBytes} most={quota.storedBytes} show={bytes} />
      <Use label="Jobs waiting" used={waiting} most={quota.waitingJobs} show={number} />
      <p class="quiet">Largest job: {quota.jobWork === null ? "no limit" : `${number(quota.jobWork)} pixel steps`}</p>
      {quota.keepDays !== null && <p class="quiet">Jobs are kept {quota.keepDays === 0 ? "for ever" : `${number(quota.keepDays)} d`}</p>}
      {quota.until !== null && <p class={Date.parse(quota.until) < Date.now() ? "bad" : "quiet"}>Jobs are accepted until {dateTime(quota.until)}</p>}
    </>
  );
}

const nearlyAll = 0.9;

function Use({ label, used, most, show }: { label: string; used: number; most: number | null; show: (value: number) => string }): JSX.Element {
  return (
    <div class="use">
      <p><span>{label}</span> <span>{show(used)}{most === null ? "" : ` of ${show(most)}`}</span></p>
      {most === null ? <p class="quiet">no limit</p> : <Bar value={most > 0 ? used / most : 1} label={label} kind={used >= nearlyAll * most ? "full" : ""} />}
    </div>
  );
}
