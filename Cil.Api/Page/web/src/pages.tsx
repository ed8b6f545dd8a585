import type { JSX } from "preact";

/** To the next page of a list, and back. */
export function Pages({ view, query, next }: { view: string; query: URLSearchParams; next: string | null }): JSX.Element | null {
  const to = (after: string | null): string => {
    const target = new URLSearchParams(query);
    target.delete("after");
    if (after) target.set("after", after);
    return `#/${view}${target.size > 0 ? `?${target}` : ""}`;
  };
  const isLater = query.get("after") !== null;
  if (!isLater && !next) return null;
  return (
    <nav class="pages" aria-label="Pages">
      {isLater && <a class="button" href={to(null)}>Newest</a>}
      {isLater && <button type="button" onClick={() => history.back()}>Back</button>}
      {next && <a class="button" href={to(next)}>Older</a>}
    </nav>
  );
}
