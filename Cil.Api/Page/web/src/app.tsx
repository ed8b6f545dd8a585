import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { key, message, session, setKey, whenUnknown } from "./api";
import { BatchView, Batches } from "./batches";
import { JobView } from "./job";
import { Jobs } from "./jobs";
import { Models } from "./models";
import { Queue } from "./queue";
import type { Route } from "./route";
import { link, useRoute } from "./route";
import type { Theme } from "./settings";
import { readOnly, setReadOnly, setTheme, theme } from "./settings";
import { SignIn } from "./signin";
import { Submit } from "./submit";
import { Tenants } from "./tenants";
import type { Session } from "./types";
import { Empty, Failed, Loading, notifyError, Notices, Title } from "./ui";
import { Webhooks } from "./webhooks";
import { Workers } from "./workers";

const views: [string, string][] = [["jobs", "Jobs"], ["batches", "Batches"], ["queue", "Queue"], ["workers", "Workers"], ["tenants", "Tenants"], ["models", "Models"], ["webhooks", "Webhooks"]];

export function App(): JSX.Element {
  const [who, setWho] = useState<Session | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [onlyReads, setOnlyReads] = useState(readOnly());
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const ask = (): void => void session().then((now) => { setWho(now); setError(null); }, setError);
  useEffect(() => {
    ask();
    whenUnknown(ask);
  }, []);
  const shown = who && `${who.tenant} ${route.path.join("/")}`;
  const before = useRef<string | null>(null);
  useLayoutEffect(() => {
    // Whoever reads the screen by ear hears the new view; at the start the focus is where the browser puts it. Before the view is
    // painted: later it would be taken from whoever is at a field already.
    if (shown && before.current && shown !== before.current) main.current?.querySelector("h1")?.focus();
    before.current = shown;
  }, [shown]);
  const mayRender = !onlyReads && (who?.scopes.some((scope) => scope !== "read") ?? false);
  const isOperator = who?.scopes.includes("operator") ?? false;
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>To the content</a>
      <header>
        <a class="brand" href={link("jobs")}>Cil</a>
        {who?.tenant && (
          <nav aria-label="Views">
            {views.map(([path, name]) => <a key={path} href={link(path)} aria-current={(route.path[0] ?? "jobs") === path ? "page" : undefined}>{name}</a>)}
          </nav>
        )}
        <Settings who={who} onlyReads={onlyReads} onReadOnly={(value) => { setReadOnly(value); setOnlyReads(value); }} onLeave={() => { setWho(null); ask(); }} />
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {error !== null && <Failed error={error} retry={ask} />}
        {!who && error === null && <Loading what="the page" />}
        {who && who.tenant === null && <SignIn hasSignIn={who.hasSignIn} onSession={setWho} />}
        {who?.tenant && <View route={route} mayRender={mayRender} isOperator={isOperator} mayOperate={isOperator && mayRender} />}
      </main>
      <Notices />
    </>
  );
}

function View({ route, mayRender, isOperator, mayOperate }: { route: Route; mayRender: boolean; isOperator: boolean; mayOperate: boolean }): JSX.Element {
  const [view = "jobs", id] = route.path;
  if (view === "jobs") return id ? <JobView key={id} id={id} mayRender={mayRender} /> : <Jobs query={route.query} isOperator={isOperator} mayRender={mayRender} />;
  if (view === "batches") return id ? <BatchView key={id} id={id} mayRender={mayRender} /> : <Batches query={route.query} isOperator={isOperator} mayRender={mayRender} />;
  if (view === "new") return mayRender ? <Submit query={route.query} /> : <Reads />;
  if (view === "queue") return <Queue mayOperate={mayOperate} />;
  if (view === "workers") return <Workers />;
  if (view === "tenants") return <Tenants mayOperate={mayOperate} />;
  if (view === "models") return <Models mayRender={mayRender} mayOperate={mayOperate} />;
  if (view === "webhooks") return <Webhooks mayRender={mayRender} />;
  return <><Title>Not there</Title><Empty><p>This page has no such view. <a href={link("jobs")}>All jobs</a></p></Empty></>;
}

const Reads = (): JSX.Element => <><Title>New job</Title><Empty><p>You may look at jobs here, not make any.</p></Empty></>;

function Settings({ who, onlyReads, onReadOnly, onLeave }: { who: Session | null; onlyReads: boolean; onReadOnly: (value: boolean) => void; onLeave: () => void }): JSX.Element {
  const [chosen, setChosen] = useState<Theme>(theme());
  const fold = useRef<HTMLDetailsElement>(null);
  const canRender = who?.scopes.some((scope) => scope !== "read") ?? false;
  const leave = async (): Promise<void> => {
    try {
      if (key()) setKey(null);
      else if (!(await fetch("/logout", { method: "POST" })).ok) throw new Error("Signing out has failed.");
    } catch (error) {
      notifyError(new Error(message(error)));
    }
    onLeave();
  };
  useEffect(() => {
    const close = (event: Event): void => {
      if (fold.current?.open && !fold.current.contains(event.target as Node)) fold.current.open = false;
    };
    addEventListener("click", close);
    return () => removeEventListener("click", close);
  }, []);
  return (
    <details class="settings" ref={fold} onKeyDown={(event) => { if (event.key === "Escape" && fold.current) { fold.current.open = false; fold.current.querySelector("summary")?.focus(); } }}>
      <summary>{who?.tenant ?? "Settings"}{who && who.tenant !== null && !canRender && <Tag>reads</Tag>}{canRender && onlyReads && <Tag>read-only</Tag>}</summary>
      <div class="sheet">
        {who?.tenant && <p class="quiet">{who.isLocal ? "This machine; the service has no keys." : `Tenant ${who.tenant}, ${who.name}: ${who.scopes.join(", ")}`}</p>}
        <label>
          <span>Colours</span>
          <select value={chosen} onChange={(event) => { const value = event.currentTarget.value as Theme; setChosen(value); setTheme(value); }}>
            <option value="system">as the system has them</option>
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        </label>
        {canRender && (
          <label class="check">
            <input type="checkbox" checked={onlyReads} onChange={(event) => onReadOnly(event.currentTarget.checked)} /> <span>Read-only</span>
          </label>
        )}
        {who?.tenant && !who.isLocal && <button type="button" onClick={() => void leave()}>Sign out</button>}
        <p class="quiet"><a href="/reference">The API</a></p>
      </div>
    </details>
  );
}

const Tag = ({ children }: { children: ComponentChildren }): JSX.Element => <span class="tag">{children}</span>;
