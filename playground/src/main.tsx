/** Starts the page: configuration, log-in, then everything else. */
import 'graphiql/setup-workers/vite';
import { createRoot } from 'react-dom/client';
import { readOutputs } from '../outputs.ts';
import { App } from './app.tsx';
import { createFetcher } from './fetcher.ts';
import { Live } from './live.ts';
import { Notices } from './notices.ts';
import { createRealtime } from './realtime.ts';
import { Sessions } from './session.ts';
import { Story } from './story.ts';
import './style.css';

const root = createRoot(document.getElementById('page')!);

try {
  const config = readOutputs(await loadConfig());
  const notices = new Notices();
  const live = new Live();
  const story = new Story();
  const sessions = new Sessions(config, notices.show);
  await sessions.start();
  const token = () => sessions.token();
  const fetcher = createFetcher({
    url: config.GraphQLUrl,
    token,
    live,
    subscribe: createRealtime(config, token, (state) => live.setConnection(state)),
    onResult: (result, sentAt) => story.learn(result, sentAt),
    onProblem: notices.show,
  });
  root.render(<App {...{ config, sessions, live, story, notices, fetcher }} />);
} catch (error) {
  root.render(
    <main className="fatal">
      <h1>The playground cannot start</h1>
      <p role="alert">{error instanceof Error ? error.message : String(error)}</p>
      <button onClick={() => location.reload()}>Try again</button>
    </main>,
  );
}

async function loadConfig(): Promise<unknown> {
  const response = await fetch('./config.json', { cache: 'no-store' }).catch(() => null);
  if (!response)
    throw new Error('Nothing answers at this address any more. Start the stack with npm start, then try again.');
  if (!response.ok)
    throw new Error(`The server has no configuration for this page (config.json: status ${response.status}).`);
  return response.json();
}
