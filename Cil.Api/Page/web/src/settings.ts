import { useEffect, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";

const themeName = "cil.theme";
const readOnlyName = "cil.readOnly";

export const theme = (): Theme => {
  const stored = localStorage.getItem(themeName);
  return stored === "light" || stored === "dark" ? stored : "system";
};

export function setTheme(value: Theme): void {
  if (value === "system") localStorage.removeItem(themeName);
  else localStorage.setItem(themeName, value);
  applyTheme();
}

export function applyTheme(): void {
  const value = theme();
  if (value === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = value;
}

export const readOnly = (): boolean => localStorage.getItem(readOnlyName) === "true";

export function setReadOnly(value: boolean): void {
  if (value) localStorage.setItem(readOnlyName, "true");
  else localStorage.removeItem(readOnlyName);
}

/** The time, again every few seconds: for what is told as so long ago. */
export function useNow(every = 5000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
