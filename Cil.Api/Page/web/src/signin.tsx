import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { session, setKey } from "./api";
import type { Session } from "./types";
import { Failed, Title } from "./ui";

/** For a caller who is not known: a key, or the provider's sign-in. */
export function SignIn({ hasSignIn, onSession }: { hasSignIn: boolean; onSession: (session: Session) => void }): JSX.Element {
  const [value, setValue] = useState("");
  const [refused, setRefused] = useState<unknown>(null);
  const enter = async (event: Event): Promise<void> => {
    event.preventDefault();
    setKey(value.trim());
    try {
      const now = await session();
      if (now.tenant === null) setRefused(new Error("The service does not take this key."));
      else onSession(now);
    } catch (error) {
      setRefused(error);
    }
  };
  return (
    <div class="signin">
      <Title>Sign in</Title>
      {hasSignIn && <p><a class="button primary" href="/login?returnUrl=/">Sign in</a></p>}
      {hasSignIn && <p class="quiet">or with a key:</p>}
      <form onSubmit={(event) => void enter(event)}>
        <label for="key">Key</label>
        <input
          id="key" type="password" required autoComplete="off" spellcheck={false} placeholder="cil_…" value={value}
          aria-describedby="key-note" aria-invalid={refused !== null} onInput={(event) => setValue(event.currentTarget.value)}
        />
        <p id="key-note" class="quiet">It is kept in this tab and forgotten with it. "cil keys create" makes one.</p>
        {refused !== null && <Failed error={refused} />}
        <button type="submit" class="primary">Enter</button>
      </form>
    </div>
  );
}
