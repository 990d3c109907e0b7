/** Local issuers behind a server of their own, and a browser's part in logging in there. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIssuers } from '../src/issuers/issuers.ts';
import type { Issuers } from '../src/issuers/issuers.ts';
import type { IssuerSettings } from '../src/issuers/settings.ts';

export interface IssuerServer {
  origin: string;
  adminIssuer: string;
  userIssuer: string;
  stateDir: string;
  issuers: Issuers;
  stop(): Promise<void>;
}

export const adminClient = 'admin-client';
export const userClient = 'user-client';
export const issuerSettings: IssuerSettings = {
  audience: 'https://user-management/api',
  claimNamespace: 'https://claims.example/',
  accounts: [
    { sub: 'auth0|admin' },
    { sub: 'auth0|alice' },
    { sub: 'google-oauth2|carol', name: 'Carol C', email: 'carol@gmail.example' },
    { sub: 'auth0|dave', emailVerified: false },
  ],
};
export const applicationName = 'http://app.example.test/';

/**
 * @param options.port to come back on the same port; `shared`: one issuer for both clients; `stateDir`: kept when
 * stopped
 */
export async function startIssuers(
  options: { port?: number; stateDir?: string; shared?: boolean } = {},
): Promise<IssuerServer> {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'issuers-'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const adminIssuer = `${origin}/oidc/admin/`;
  const userIssuer = options.shared ? adminIssuer : `${origin}/oidc/user/`;
  const issuers = await createIssuers({
    origin,
    stateDir,
    redirectUris: [applicationName],
    settings: issuerSettings,
    providers: options.shared
      ? [{ issuer: adminIssuer, clientId: `^(${adminClient}|${userClient})$`, name: 'both' }]
      : [
          { issuer: adminIssuer, clientId: adminClient, name: 'admin' },
          { issuer: userIssuer, clientId: userClient, name: 'user' },
        ],
  });
  server.on('request', (req, res) => {
    if (!issuers.handle(req, res)) res.writeHead(404).end('not an issuer');
  });
  return {
    origin,
    adminIssuer,
    userIssuer,
    stateDir,
    issuers,
    async stop() {
      await issuers.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (!options.stateDir) rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** As much of a browser as a log-in takes: cookies with their paths, and redirects one at a time. */
export class Browser {
  readonly cookies = new Map<string, { value: string; path: string }>();

  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const { pathname } = new URL(url);
    const cookie = [...this.cookies]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`);
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', ...init.headers, cookie: cookie.join('; ') },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  /**
   * Follows redirects on the issuer's origin; the response whose redirect leads elsewhere, or that has none, is
   * returned.
   */
  async follow(response: Response, origin: string): Promise<Response> {
    let current = response;
    for (let hops = 0; hops < 10; hops += 1) {
      const location = current.headers.get('location');
      if (location === null) return current;
      const target = new URL(location, current.url);
      if (target.origin !== origin) return current;
      current = await this.request(target.href);
    }
    throw new Error('Redirected in circles');
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
    const gone = attributes.some((attribute) => /^expires=Thu, 01 Jan 1970/i.test(attribute));
    if (gone) this.cookies.delete(name);
    else this.cookies.set(name, { value: pair.slice(pair.indexOf('=') + 1), path });
  }
}

export interface Discovery {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  jwks_uri: string;
  userinfo_endpoint: string;
  end_session_endpoint: string;
  response_types_supported: string[];
  code_challenge_methods_supported: string[];
}

export interface Tokens {
  access_token: string;
  id_token: string;
  refresh_token?: string;
  expires_in: number;
  scope: string;
  token_type: string;
}

export async function discover(issuer: string): Promise<Discovery> {
  return (await (await fetch(`${issuer}.well-known/openid-configuration`)).json()) as Discovery;
}

export interface LoginOptions {
  issuer: string;
  clientId: string;
  sub: string;
  redirectUri?: string;
  scope?: string;
  audience?: string | null;
  extra?: Record<string, string>;
}

/** An authorization request and the secret that goes with it. */
export async function authorizationUrl(
  options: Omit<LoginOptions, 'sub'>,
): Promise<{ url: string; verifier: string; redirectUri: string }> {
  const { authorization_endpoint } = await discover(options.issuer);
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = options.redirectUri ?? 'http://localhost:5173/callback';
  const audience = options.audience === undefined ? 'https://user-management/api' : options.audience;
  const url = new URL(authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: options.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: options.scope ?? 'openid profile email offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'state-1',
    nonce: 'nonce-1',
    ...(audience === null ? {} : { audience }),
    ...options.extra,
  }).toString();
  return { url: url.href, verifier, redirectUri };
}

/** Goes through the log-in form and returns where the browser is sent at last. */
export async function logIn(
  browser: Browser,
  options: LoginOptions,
): Promise<{ target: URL; verifier: string; redirectUri: string }> {
  const { origin } = new URL(options.issuer);
  const { url, verifier, redirectUri } = await authorizationUrl(options);
  let response = await browser.follow(await browser.request(url), origin);
  if (response.status === 200) {
    const consenting = (await response.text()).includes('name="consent"');
    const body = new URLSearchParams(consenting ? { consent: 'yes' } : { sub: options.sub });
    response = await browser.follow(await browser.request(response.url, { method: 'POST', body }), origin);
  }
  return { target: new URL(response.headers.get('location') ?? response.url), verifier, redirectUri };
}

export async function exchange(issuer: string, fields: Record<string, string>): Promise<Response> {
  const { token_endpoint } = await discover(issuer);
  return fetch(token_endpoint, { method: 'POST', body: new URLSearchParams(fields) });
}

export async function logInForTokens(browser: Browser, options: LoginOptions): Promise<Tokens> {
  const { target, verifier, redirectUri } = await logIn(browser, options);
  const code = target.searchParams.get('code') ?? '';
  const response = await exchange(options.issuer, {
    grant_type: 'authorization_code',
    client_id: options.clientId,
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()} after ${target.href}`);
  return (await response.json()) as Tokens;
}

export function decode(token: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header = '', claims = ''] = token.split('.');
  const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  return { header: parse(header), claims: parse(claims) };
}
