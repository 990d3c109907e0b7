/** Which API this is, and who is logged in. */
import { useState, useSyncExternalStore } from 'react';
import type { ConsoleConfig } from '../../outputs.ts';
import { SchemeButton } from '../parts/scheme.tsx';
import type { Application, Sessions } from '../session/session.ts';

const applications: Application[] = ['admin', 'user'];

interface HeaderProps {
  config: ConsoleConfig;
  sessions: Sessions;
  onProblem: (problem: string | null) => void;
}

export function Header({ config, sessions, onProblem }: HeaderProps) {
  const session = useSyncExternalStore(sessions.subscribe, () => sessions.current);
  const [busy, setBusy] = useState(false);

  /** Log-in and log-out mostly end by leaving the page; what is left is to say why they did not. */
  async function run(action: () => Promise<void>) {
    setBusy(true);
    onProblem(null);
    await action().catch((error: unknown) => onProblem(error instanceof Error ? error.message : String(error)));
    setBusy(false);
  }

  return (
    <header>
      <button className="skip" onClick={focusOperation}>
        Skip to the operation
      </button>
      <h1>User management</h1>
      <a href="#/">Console</a>
      <code title="The API">{config.GraphQLUrl}</code>
      <p role="status" className="person">
        {session ? (
          <>
            Logged in: <strong title={session.sub}>{session.sub}</strong>, {session.application} application
          </>
        ) : (
          'Not logged in'
        )}
      </p>
      <SchemeButton />
      {applications
        .filter((application) => application !== session?.application)
        .map((application) => (
          <button
            key={application}
            className="primary"
            disabled={busy}
            onClick={() => void run(() => sessions.use(application))}
          >
            Log in as {application}
          </button>
        ))}
      {session && (
        <button disabled={busy} onClick={() => void run(() => sessions.logOut())}>
          Log out
        </button>
      )}
    </header>
  );
}

/** Past the story's many buttons. */
function focusOperation(): void {
  document.querySelector<HTMLElement>('.graphiql-query-editor textarea')?.focus();
}
