import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, message, send } from "./api";
import { Field, Fields, Moment, Text } from "./fields";
import { bytes, duration, number } from "./format";
import type { FieldError, Quota, Tenant } from "./types";
import { notify } from "./ui";

type Name = Exclude<keyof Quota, "until">;

const numbers: [Name, string, (value: number) => string, string][] = [
  ["deviceSecondsPerDay", "Device seconds a day", duration, ""],
  ["deviceSecondsPerMonth", "Device seconds a month", duration, ""],
  ["storedBytes", "Bytes kept", bytes, ""],
  ["waitingJobs", "Jobs that wait", number, ""],
  ["jobWork", "Largest job", number, "pixels times steps of all frames"],
  ["keepDays", "Days that jobs are kept", (value) => (value === 0 ? "for ever" : number(value)), "empty for the service's own time"],
];

// As a browser's field for a day and a time has it: where the reader is.
const local = (time: string): string => {
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** What a tenant may use, to be changed by an operator. An empty field is no limit. */
export function QuotaForm({ tenant, onDone }: { tenant: Tenant; onDone: (after: Tenant | null) => void }): JSX.Element {
  const [values, setValues] = useState<Record<string, string>>(() => ({
    ...Object.fromEntries(numbers.map(([name]) => [name, tenant.quota[name] === null ? "" : String(tenant.quota[name])])),
    until: tenant.quota.until ? local(tenant.quota.until) : "",
  }));
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), []);
  const set = (name: string, value: string): void => setValues((before) => ({ ...before, [name]: value }));
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wrong = numbers.filter(([name]) => values[name]!.trim() !== "" && !(Number(values[name]) >= 0));
    setErrors(wrong.map(([name]) => ({ field: name, message: "a number from 0 on" })));
    setFailure(null);
    if (wrong.length > 0) return;
    const quota: Record<string, unknown> = {};
    for (const [name] of numbers) if (values[name]!.trim() !== "") quota[name] = Number(values[name]);
    if (values["until"]) quota["until"] = new Date(values["until"]).toISOString();
    setBusy(true);
    try {
      const after = await send<Tenant>("PUT", `/api/tenants/${encodeURIComponent(tenant.tenant)}/quota`, quota);
      notify(`${tenant.tenant}: limits changed`);
      onDone(after);
    } catch (error) {
      setFailure(error);
      if (error instanceof ApiError) setErrors(error.errors);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Fields.Provider value={{ values, errors, set }}>
      <form class="quota" ref={form} noValidate onSubmit={(event) => void save(event)}>
        <p class="quiet">What is empty has no limit.</p>
        {failure !== null && <p class="bad" role="alert">{message(failure)}</p>}
        {numbers.map(([name, label, show, note]) => (
          <Field key={name} name={name} label={label} note={values[name] && Number(values[name]) >= 0 ? show(Number(values[name])) : note}>
            <Text name={name} numeric placeholder={name === "keepDays" ? "" : "no limit"} />
          </Field>
        ))}
        <Field name="until" label="Jobs are accepted until"><Moment name="until" /></Field>
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy}>Save</button>
          <button type="button" onClick={() => onDone(null)}>Go back</button>
        </div>
      </form>
    </Fields.Provider>
  );
}
