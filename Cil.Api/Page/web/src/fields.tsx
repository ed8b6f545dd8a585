import type { ComponentChildren, JSX } from "preact";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { FieldError } from "./types";

interface Form {
  values: Record<string, string>;
  errors: FieldError[];
  set: (name: string, value: string) => void;
}

/** The form that a field is of. */
export const Fields = createContext<Form>({ values: {}, errors: [], set: () => {} });

/** What says to a reader of the screen that a field is wrong, and why. */
export function useField(name: string): { id: string; name: string; "aria-invalid": boolean; "aria-describedby": string } {
  const isWrong = useContext(Fields).errors.some((error) => error.field === name);
  return { id: name, name, "aria-invalid": isWrong, "aria-describedby": `${name}-note` };
}

export function Note({ name, note }: { name: string; note?: string | undefined }): JSX.Element {
  const wrong = useContext(Fields).errors.filter((error) => error.field === name);
  return (
    <p id={`${name}-note`} class={wrong.length > 0 ? "bad" : "quiet"}>
      {wrong.length > 0 ? wrong.map((error) => error.message).join("; ") : note ?? ""}
    </p>
  );
}

export function Field({ name, label, note, children }: { name: string; label: string; note?: string | undefined; children: ComponentChildren }): JSX.Element {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {children}
      <Note name={name} note={note} />
    </div>
  );
}

interface TextField {
  name: string;
  rows?: number;
  numeric?: boolean;
  placeholder?: string;
}

/** Numbers are texts too: what is wrong with them is said by the service, and a seed is larger than a browser's numbers. */
export function Text({ name, rows, numeric = false, placeholder = "" }: TextField): JSX.Element {
  const { values, set } = useContext(Fields);
  const field = useField(name);
  const value = values[name] ?? "";
  if (rows) return <textarea {...field} rows={rows} placeholder={placeholder} value={value} onInput={(event) => set(name, event.currentTarget.value)} />;
  return (
    <input
      {...field} type="text" inputMode={numeric ? "decimal" : "text"} autoComplete="off" placeholder={placeholder} value={value}
      onInput={(event) => set(name, event.currentTarget.value)}
    />
  );
}

/** A day and a time where the reader is. */
export function Moment({ name }: { name: string }): JSX.Element {
  const { values, set } = useContext(Fields);
  return <input {...useField(name)} type="datetime-local" value={values[name] ?? ""} onInput={(event) => set(name, event.currentTarget.value)} />;
}

export function Select({ name, values: choices }: { name: string; values: [string, string][] }): JSX.Element {
  const { values, set } = useContext(Fields);
  return (
    <select {...useField(name)} value={values[name] ?? ""} onChange={(event) => set(name, event.currentTarget.value)}>
      {choices.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
    </select>
  );
}

export function Check({ name, label }: { name: string; label: string }): JSX.Element {
  const { values, set } = useContext(Fields);
  return (
    <div class="field">
      <label class="check">
        <input {...useField(name)} type="checkbox" checked={values[name] === "true"} onChange={(event) => set(name, event.currentTarget.checked ? "true" : "")} /> <span>{label}</span>
      </label>
      <Note name={name} />
    </div>
  );
}
