import { useEffect, useState } from "preact/hooks";

/** Where the page is: #/jobs/ID?name=value. */
export interface Route {
  path: string[];
  query: URLSearchParams;
}

export function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return { path: path.split("/").filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function useRoute(): Route {
  const [route, setRoute] = useState(parse(location.hash));
  useEffect(() => {
    const change = (): void => setRoute(parse(location.hash));
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return route;
}

export const link = (...path: string[]): string => `#/${path.map(encodeURIComponent).join("/")}`;

/** Changes what follows '?' of the address, and is no step back for the browser's button. */
export function replaceQuery(query: URLSearchParams): void {
  const path = location.hash.split("?", 1)[0] || "#/jobs";
  const text = query.toString();
  history.replaceState(null, "", text ? `${path}?${text}` : path);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
