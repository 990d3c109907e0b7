/** One local issuer: its keys, its provider and the paths below its URL. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { Accounts } from './accounts.ts';
import { Consents } from './consents.ts';
import { loginPath, createProvider } from './configuration.ts';
import { signJwt } from './jwt.ts';
import { withNext, type IssuerSecrets, loadSecrets, rotateSecrets } from './keys.ts';
import { atWork, loadLibrary } from './library.ts';
import { serveLogin } from './login.ts';
import type { IssuerSettings } from './settings.ts';
import type { Entries } from './store.ts';
import { accessTokenClaims } from './tokens.ts';
import type { TokenRequest } from './tokens.ts';
import { answerUserinfo, carriesJwt } from './userinfo.ts';

export interface Issuer {
  /** As in the `iss` claim. */
  url: string;
  /** Whether a request's path is this issuer's. */
  owns(path: string): boolean;
  serve(req: IncomingMessage, res: ServerResponse): void;
  mint(request: TokenRequest): string;
  rotate(): Promise<void>;
  idle(): Promise<void>;
}

/** @param options.clients ids of the applications that log in here */
export async function createIssuer(options: {
  issuer: string;
  clients: string[];
  stateDir: string;
  redirectUris: string[];
  settings: IssuerSettings;
}): Promise<Issuer> {
  const { issuer, stateDir, settings } = options;
  const accounts = new Accounts(settings.accounts ?? []);
  const path = new URL(issuer).pathname;
  // The stack's own page, and any other that was registered by its whole address, is no stranger.
  const consents = new Consents(options.redirectUris.map((uri) => new URL(uri).origin));
  const entries: Entries = new Map();
  const active = new Set<Promise<void>>();
  const first = await loadSecrets(stateDir, issuer);
  let secrets: Promise<IssuerSecrets> | undefined;
  let { current } = first;
  let provider: Promise<Provider> | undefined;
  let rotating: Promise<void> = Promise.resolve();

  const allSecrets = (): Promise<IssuerSecrets> => {
    secrets ??= withNext(stateDir, issuer, first).catch((error: unknown) => {
      secrets = undefined;
      throw error;
    });
    return secrets;
  };
  const currentProvider = (): Promise<Provider> => {
    provider ??= Promise.all([loadLibrary(), allSecrets()])
      .then(([library, its]) => createProvider(library, { ...options, secrets: its, entries, accounts, consents }))
      .catch((error: unknown) => {
        provider = undefined;
        throw error;
      });
    return provider;
  };

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    // Express's way of mounting, which the library understands: `url` below the mount point, `originalUrl` whole.
    const original = req.url ?? '/';
    const url = new URL(original, issuer);
    const below = url.pathname.slice(path.length);
    if (below === 'userinfo' && carriesJwt(req)) {
      const its = await allSecrets();
      return answerUserinfo(req, res, { issuer, keys: [its.current, its.next], accounts });
    }
    const library = await currentProvider();
    if (below.startsWith(loginPath)) return serveLogin(library, req, res, { accounts, consents });
    if (below === 'v2/logout') return redirect(res, auth0Logout(issuer, url.searchParams));
    if (below === 'authorize') askConsent(url.searchParams);
    const target = `${url.pathname}${url.search}`;
    Object.assign(req, { originalUrl: target, url: target.slice(path.length - 1) });
    await atWork(() => library.callback()(req, res));
  }

  return {
    url: issuer,
    owns: (target) => target.startsWith(path),
    serve(req, res) {
      const work = answer(req, res)
        .catch((error: unknown) => {
          console.error(`[oidc] ${issuer}:`, error);
          if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' });
          res.end('The local issuer failed; see its log.\n');
        })
        .finally(() => active.delete(work));
      active.add(work);
    },
    mint: (request) => signJwt(accessTokenClaims(request, settings), current),
    rotate() {
      rotating = rotating.then(async () => {
        const rotated = await rotateSecrets(stateDir, issuer, await allSecrets());
        secrets = Promise.resolve(rotated);
        current = rotated.current;
        provider = undefined;
      });
      return rotating;
    },
    async idle() {
      await Promise.allSettled(active);
    },
  };
}

/**
 * Auth0 hands out a refresh token to whoever asks for scope `offline_access`; the library, true to the letter of OpenID
 * Connect, only if the user was asked to consent. Not for a silent log-in, which may ask for nothing.
 */
function askConsent(query: URLSearchParams): void {
  const prompts = (query.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '');
  const offline = (query.get('scope') ?? '').split(' ').includes('offline_access');
  if (offline && !prompts.includes('none') && !prompts.includes('consent'))
    query.set('prompt', [...prompts, 'consent'].join(' '));
}

/** Auth0's older log-out URL in terms of the standard one. */
function auth0Logout(issuer: string, query: URLSearchParams): string {
  const target = new URL('oidc/logout', issuer);
  const clientId = query.get('client_id');
  const returnTo = query.get('returnTo');
  if (clientId) target.searchParams.set('client_id', clientId);
  if (returnTo) target.searchParams.set('post_logout_redirect_uri', returnTo);
  return target.href;
}

function redirect(res: ServerResponse, location: string): void {
  res.writeHead(302, { location });
  res.end();
}
