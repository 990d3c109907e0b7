/** The log-in page: shows the form, takes the answer, sends the browser on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { type Account, subjectProblem } from './accounts.ts';
import { loginForm, sendPage } from './pages.ts';

const MAX_FORM_BYTES = 4096;

/** Serves one request to the log-in page. */
export async function serveLogin(
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
  accounts: Account[],
): Promise<void> {
  const subs = accounts.map(({ sub }) => sub);
  const interaction = await provider.interactionDetails(req, res).catch(() => null);
  if (!interaction) {
    sendPage(res, 400, 'Log-in expired', '<p>Go back to the application and log in again.</p>');
    return;
  }
  const client = interaction.params['client_id'] ?? '';
  if (req.method !== 'POST') {
    sendPage(res, 200, 'Log in', loginForm(client, subs, interaction.params['login_hint'] ?? '', null));
    return;
  }
  const form = await readForm(req);
  if (!form) {
    sendPage(res, 413, 'Too much input', '<p>Go back and try again.</p>');
    return;
  }
  const sub = (form.get('sub') ?? '').trim();
  const problem = subjectProblem(sub);
  if (problem) {
    sendPage(res, 400, 'Log in', loginForm(client, subs, sub, problem));
    return;
  }
  await provider.interactionFinished(req, res, { login: { accountId: sub } }, { mergeWithLastSubmission: false });
}

/** The form's fields, or null if it is longer than any honest one. */
async function readForm(req: IncomingMessage): Promise<URLSearchParams | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_FORM_BYTES) chunks.push(chunk);
  }
  return length > MAX_FORM_BYTES ? null : new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
