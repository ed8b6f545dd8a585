import type { FieldError, Session } from "./types";

// A key stays in this tab: it is gone when the tab is closed.
const keyName = "cil.key";

/** An answer that is no success: a problem of RFC 9457. Status 0 is a service that cannot be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly errors: FieldError[] = [],
    readonly traceId: string | null = null,
  ) {
    super(detail);
  }
}

export const key = (): string | null => sessionStorage.getItem(keyName);

export function setKey(value: string | null): void {
  if (value) sessionStorage.setItem(keyName, value);
  else sessionStorage.removeItem(keyName);
}

/** Called when the service does not know the caller any more. */
let onUnknown: () => void = () => {};
export const whenUnknown = (handler: () => void): void => void (onUnknown = handler);

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const bearer = key();
  if (bearer) headers.set("Authorization", `Bearer ${bearer}`);
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers, credentials: "same-origin" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, "The service cannot be reached.");
  }

  if (answer.ok) return answer;
  const problem = await explain(answer);
  if (answer.status === 401) onUnknown();
  throw problem;
}

async function explain(answer: Response): Promise<ApiError> {
  const wait = answer.headers.get("Retry-After");
  const suffix = wait && answer.status === 429 ? ` Try again in ${wait} s.` : "";
  try {
    const body = (await answer.json()) as { detail?: string; title?: string; errors?: FieldError[]; traceId?: string; error?: { message?: string } };
    // What is below /v1 has errors of another shape.
    return new ApiError(answer.status, `${body.detail ?? body.error?.message ?? body.title ?? answer.statusText}${suffix}`, body.errors ?? [], body.traceId ?? null);
  } catch {
    return new ApiError(answer.status, `The service answered ${answer.status} ${answer.statusText}.${suffix}`);
  }
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await request(path, signal ? { signal } : {})).json()) as T;
}

export async function send<T>(method: string, path: string, body?: unknown): Promise<T | null> {
  const init: RequestInit = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
  const answer = await request(path, init);
  return answer.status === 204 ? null : ((await answer.json()) as T);
}

/** Who asks. Of a key that is not taken, nothing is left. */
export async function session(): Promise<Session> {
  const now = await get<Session>("/api/session");
  if (now.tenant === null && key()) setKey(null);
  return now;
}

export const message = (error: unknown): string => {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  return error.traceId && error.status >= 500 ? `${error.message} (trace ${error.traceId})` : error.message;
};
