import { useCallback, useEffect, useState } from "preact/hooks";
import { get } from "./api";

export interface Loaded<T> {
  value: T | null;
  error: unknown;
  reload: () => void;
}

/** What an address answers, again every so many milliseconds while the page is looked at. What was known stays where that fails. */
export function useLoad<T>(path: string | null, every = 0): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!path) return;
    const abort = new AbortController();
    let timer = 0;
    let isFirst = true;
    const load = async (): Promise<void> => {
      try {
        if (!document.hidden || isFirst) {
          isFirst = false;
          const answer = await get<T>(path, abort.signal);
          if (abort.signal.aborted) return;
          setValue(answer);
          setError(null);
        }
      } catch (failure) {
        if (abort.signal.aborted) return;
        setError(failure);
      }
      if (every > 0) timer = window.setTimeout(() => void load(), every);
    };
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, every, turn]);
  return { value, error, reload: useCallback(() => setTurn((before) => before + 1), []) };
}
