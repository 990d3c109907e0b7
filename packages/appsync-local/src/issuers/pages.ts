/** The pages that a person sees. No script, nothing loaded from elsewhere. */
import type { ServerResponse } from 'node:http';
import { type Account, completed } from './accounts.ts';

const pageStyle = `
  :root { color-scheme: light dark; --page: #fff; --text: #1b1b1b; --quiet: #4a4a4a; --line: #767676; --card: #f4f6f8; --strong: #0b57a4; --on-strong: #fff; --error: #a30014; --focus: #b35c00 }
  @media (prefers-color-scheme: dark) { :root { --page: #15181c; --text: #eceff2; --quiet: #b3bac2; --line: #828b95; --card: #20252b; --strong: #8ec5ff; --on-strong: #08223d; --error: #ff9a9a; --focus: #ffb454 } }
  body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; color: var(--text); background: var(--page) }
  h1 { font-size: 1.5rem } h2 { font-size: 1.125rem; margin: 2rem 0 0 } label { display: block; font-weight: 600; margin-top: 1rem }
  label.check { font-weight: 400; display: flex; gap: .5rem; align-items: center }
  input, button { font: inherit; box-sizing: border-box; padding: .5rem .75rem; border-radius: .375rem; border: 1px solid var(--line); color: inherit; background: var(--page) }
  input:not([type=checkbox]), button { width: 100% } input[type=checkbox] { width: 1.125rem; height: 1.125rem; accent-color: var(--strong) }
  button { margin-top: .75rem; cursor: pointer; text-align: left; overflow-wrap: anywhere; background: var(--card) }
  button.strong { border-color: transparent; text-align: center; background: var(--strong); color: var(--on-strong) } button.plain { text-align: center; background: none }
  button small { display: block; color: var(--quiet) }
  input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
  a { color: var(--strong) } .note { color: var(--quiet); font-size: 1rem } .error { color: var(--error); font-weight: 600 }`;

/** What every page of an issuer is sent with: neither framing nor scripts nor foreign resources are allowed on it. */
export const pageHeaders = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  // Own forms say where they come from; nobody else hears of the address.
  'referrer-policy': 'same-origin',
};

export function sendPage(res: ServerResponse, status: number, title: string, body: string): void {
  res.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...pageHeaders });
  res.end(page(title, body));
}

export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

/** Who asks for a log-in. */
export interface Asker {
  client: string;
  /** Of the page that the browser returns to. */
  origin: string;
}

const cancel =
  '<form method="post"><button class="plain" name="cancel" value="yes">Back to the application</button></form>';

/**
 * The log-in page: accounts to choose by click, and a form for anyone else. Posts to its own address.
 *
 * @param typed what the form holds at first
 * @param problem why the last try was refused
 */
export function loginForm(asker: Asker, accounts: Account[], typed: Account, problem: string | null): string {
  const { sub, email = '', emailVerified = true } = typed;
  const error = problem ? `<p class="error" id="problem" role="alert">${escapeHtml(problem)}</p>` : '';
  return `<p>Continue to <strong>${escapeHtml(asker.client)}</strong> at ${escapeHtml(asker.origin)}.</p>
<p class="note">A local stand-in for the identity provider: no password. Choose who you are.</p>
<form method="post">
${accounts.map(accountButton).join('\n')}
</form>
<h2>Someone else</h2>
<form method="post">
<label for="sub">User id</label>
<input id="sub" name="sub" value="${escapeHtml(sub)}" required autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="note${problem ? ' problem' : ''}"${problem ? ' aria-invalid="true" autofocus' : ''}>
<p class="note" id="note">Any user id will do, e.g. auth0|eve.</p>
<label for="email">E-mail address <span class="note">(optional)</span></label>
<input id="email" name="email" type="email" value="${escapeHtml(email)}" autocomplete="off">
<input type="hidden" name="form" value="yes">
<label class="check"><input type="checkbox" name="verified" value="yes"${emailVerified ? ' checked' : ''}> The address is verified</label>
${error}
<button class="strong">Log in</button>
</form>
${cancel}`;
}

function accountButton(account: Account): string {
  const { sub, name, email, emailVerified } = completed(account);
  const address = `${email}${emailVerified ? '' : ' (not verified)'}`;
  return `<button name="sub" value="${escapeHtml(sub)}">${escapeHtml(name)}<small>${escapeHtml(sub)}</small><small>${escapeHtml(address)}</small></button>`;
}

/** Asks whoever is logged in whether a page at another address may have a token. */
export function consentForm(asker: Asker, account: Account): string {
  const { sub, name } = completed(account);
  return `<p>You are logged in as <strong>${escapeHtml(name)}</strong> (${escapeHtml(sub)}). A page at <strong>${escapeHtml(asker.origin)}</strong> asks to act for you, as ${escapeHtml(asker.client)}.</p>
<form method="post">
<button class="strong" name="consent" value="yes">Continue as ${escapeHtml(name)}</button>
</form>
<p><a href="?switch">Log in as someone else</a></p>
${cancel}`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
