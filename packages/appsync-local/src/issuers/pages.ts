/** The pages that a person sees. No script, nothing loaded from elsewhere. */
import type { ServerResponse } from 'node:http';

const STYLE = `
  body { font: 1.125rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
  h1 { font-size: 1.5rem } label { display: block; font-weight: 600; margin-top: 1.5rem }
  input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem .75rem; border-radius: .25rem; border: 1px solid #595959 }
  button { margin-top: 1rem; border: 0; background: #0b57a4; color: #fff; cursor: pointer }
  input:focus-visible, button:focus-visible { outline: 3px solid #e58a00; outline-offset: 2px }
  .note { color: #4a4a4a; font-size: 1rem } .error { color: #a30014; font-weight: 600 }`;

/** Sends a page. Neither framing nor scripts nor foreign resources are allowed on it. */
export function sendPage(res: ServerResponse, status: number, title: string, body: string): void {
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  res.end(page(title, body));
}

export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}
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

/**
 * The log-in form. Posts to its own address.
 * @param suggestion what the field holds at first
 * @param problem why the last try was refused
 */
export function loginForm(client: string, subs: string[], suggestion: string, problem: string | null): string {
  const options = subs.map((sub) => `<option value="${escapeHtml(sub)}"></option>`).join('');
  const error = problem ? `<p class="error" id="problem" role="alert">${escapeHtml(problem)}</p>` : '';
  return `<p>Continue to <strong>${escapeHtml(client)}</strong>.</p>
<form method="post">
<label for="sub">User id</label>
<input id="sub" name="sub" list="accounts" value="${escapeHtml(suggestion)}" required autofocus autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="note${problem ? ' problem' : ''}"${problem ? ' aria-invalid="true"' : ''}>
<datalist id="accounts">${options}</datalist>
${error}
<p class="note" id="note">A local stand-in for Auth0: no password. Any user id will do, e.g. auth0|alice.</p>
<button type="submit">Log in</button>
</form>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
