/** Starts the console: configuration, log-in, then the page that the address names. */
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './style.css';
import { createRoot } from 'react-dom/client';
import { readOutputs } from '../outputs.ts';
import { App } from './app.tsx';
import { Fatal } from './parts/fatal.tsx';
import { clientOf } from './session/context.ts';
import { Notices } from './session/notices.ts';
import { Sessions } from './session/session.ts';

const root = createRoot(document.getElementById('page')!);

try {
  const config = readOutputs(await loadConfig());
  const notices = new Notices();
  const sessions = new Sessions(config, notices.show);
  await sessions.start();
  root.render(<App of={{ config, sessions, notices, client: clientOf(config, sessions) }} />);
} catch (error) {
  root.render(<Fatal message={error instanceof Error ? error.message : String(error)} />);
}

async function loadConfig(): Promise<unknown> {
  const response = await fetch('./config.json', { cache: 'no-store' }).catch(() => null);
  if (!response)
    throw new Error('Nothing answers at this address any more. Start the stack with npm start, then try again.');
  if (!response.ok)
    throw new Error(`The server has no configuration for this page (config.json: status ${response.status}).`);
  return response.json();
}
