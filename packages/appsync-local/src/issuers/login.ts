/** The log-in page: shows who there is, takes the answer, sends the browser on. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Interaction } from 'oidc-provider';
import { type Account, type Accounts, emailProblem, subjectProblem } from './accounts.ts';
import type { Consents } from './consents.ts';
import { type Asker, consentForm, loginForm, sendPage } from './pages.ts';

const maxFormBytes = 4096;

/** Serves one request to the log-in page. */
export async function serveLogin(
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
  { accounts, consents }: { accounts: Accounts; consents: Consents },
): Promise<void> {
  const interaction = await provider.interactionDetails(req, res).catch(() => null);
  if (!interaction) {
    const back = 'Go back to the application and log in again, or to <a href="/">the page of this stack</a>.';
    return sendPage(res, 400, 'Log-in expired', `<p>${back}</p>`);
  }
  const asker = askerOf(interaction);
  const suggestion = { sub: interaction.params['login_hint'] ?? '' };
  const asks = interaction.prompt.name === 'consent' && !req.url?.endsWith('?switch');
  const known = interaction.session?.accountId;
  if (req.method !== 'POST') {
    if (asks && known) return sendPage(res, 200, 'Continue?', consentForm(asker, accounts.find(known)));
    return sendPage(res, 200, 'Log in', loginForm(asker, accounts.offered, suggestion, null));
  }

  // Only the page itself may answer for the person at it.
  const { origin } = req.headers;
  if (origin !== undefined && new URL(origin === 'null' ? 'null:' : origin).host !== req.headers.host)
    return sendPage(res, 403, 'Not from here', '<p>This form was sent by another page. Nothing was done.</p>');
  const form = await readForm(req);
  if (!form) return sendPage(res, 413, 'Too much input', '<p>Go back and try again.</p>');
  const finish = (result: Parameters<Provider['interactionFinished']>[2], merge = false) =>
    provider.interactionFinished(req, res, result, { mergeWithLastSubmission: merge });

  if (form.has('cancel')) return finish({ error: 'access_denied', error_description: 'The log-in was cancelled.' });
  if (form.has('consent') && known) {
    consents.give(known, asker);
    return finish({ consent: {} }, true);
  }
  const account = accountIn(form);
  const problem = subjectProblem(account.sub) ?? (account.email === undefined ? null : emailProblem(account.email));
  if (problem) return sendPage(res, 400, 'Log in', loginForm(asker, accounts.offered, account, problem));
  if (account.email !== undefined || account.emailVerified === false) accounts.remember(account);
  consents.give(account.sub, asker);
  return finish({ login: { accountId: account.sub } });
}

function askerOf({ params }: Interaction): Asker {
  const target = params['redirect_uri'] ?? '';
  return { client: params['client_id'] ?? '', origin: URL.canParse(target) ? new URL(target).origin : target };
}

/** A chosen account says nothing but who it is; the form for anyone else also says what its address is. */
function accountIn(form: URLSearchParams): Account {
  const sub = (form.get('sub') ?? '').trim();
  if (!form.has('form')) return { sub };
  const email = (form.get('email') ?? '').trim();
  return { sub, ...(email === '' ? {} : { email }), emailVerified: form.has('verified') };
}

/** The form's fields, or null if it is longer than any honest one. */
async function readForm(req: IncomingMessage): Promise<URLSearchParams | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxFormBytes) chunks.push(chunk);
  }
  return length > maxFormBytes ? null : new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
