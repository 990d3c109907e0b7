/** oidc-provider, set up to answer as Auth0 does: its paths, parameters and tokens. */
import type Provider from 'oidc-provider';
import type { Client, Context, Grant } from 'oidc-provider';
import { type Accounts, claimsByScope, profileOf } from './accounts.ts';
import type { Consents } from './consents.ts';
import type { IssuerSecrets } from './keys.ts';
import { escapeHtml, page, pageHeaders } from './pages.ts';
import type { IssuerSettings } from './settings.ts';
import { StoreAdapter } from './store.ts';
import type { Entries } from './store.ts';
import { accessTokenSeconds, idTokenSeconds, accessTokenAudience, addressClaims } from './tokens.ts';

export interface ProviderOptions {
  /** With a trailing slash. */
  issuer: string;
  clients: string[];
  redirectUris: string[];
  secrets: IssuerSecrets;
  entries: Entries;
  accounts: Accounts;
  consents: Consents;
  settings: IssuerSettings;
}

interface AccessToken {
  clientId: string;
  accountId: string;
}

interface JwtParts {
  header?: Record<string, unknown>;
  payload: Record<string, unknown>;
}

const day = 86400;
const knownScopes = 'openid profile email offline_access';

/** Where the log-in page of an interaction is, below the issuer. */
export const loginPath = 'u/login/';

/**
 * A provider for one issuer. Sessions and tokens live in `entries`, so that one made with other keys goes on from
 * there.
 */
export function createProvider(library: typeof import('oidc-provider'), options: ProviderOptions): Provider {
  const { issuer, clients, secrets, entries, redirectUris, accounts, consents, settings } = options;
  const path = new URL(issuer).pathname;
  const policy = library.interactionPolicy.base();
  const { checks } = policy.get('consent')!;
  // No scope needs consent; a page at an address that the person has not seen does.
  checks.clear();
  checks.add(
    new library.interactionPolicy.Check(
      'stranger',
      'consent of the person is required',
      'consent_required',
      (ctx) => !consented(ctx, consents),
    ),
  );

  const provider = new library.default(issuer, {
    adapter: (model: string) => new StoreAdapter(model, entries),
    clients: clients.map((clientId) => ({
      client_id: clientId,
      client_name: clientId,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: redirectUris,
      post_logout_redirect_uris: redirectUris,
    })),
    clientAuthMethods: ['none'],
    clientBasedCORS: (_: Context, origin: string) =>
      isLoopback(origin) || redirectUris.some((uri) => new URL(uri).origin === origin),
    jwks: { keys: [secrets.current, secrets.next] },
    routes: {
      authorization: '/authorize',
      token: '/oauth/token',
      revocation: '/oauth/revoke',
      userinfo: '/userinfo',
      jwks: '/.well-known/jwks.json',
      end_session: '/oidc/logout',
    },
    cookies: {
      // A browser keeps cookies per host, whatever the port: two issuers, or two stacks, must not use the same names.
      names: Object.fromEntries(['session', 'interaction', 'resume'].map((kind) => [kind, cookieName(issuer, kind)])),
      keys: [secrets.cookieSecret],
      long: { signed: true, httpOnly: true, sameSite: 'lax', path },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    scopes: knownScopes.split(' '),
    claims: claimsByScope,
    // Auth0 puts the profile into the ID token.
    conformIdTokenClaims: false,
    extraParams: ['audience'],
    responseTypes: ['code'],
    findAccount: (_: Context, sub: string) => ({ accountId: sub, claims: () => profileOf(accounts.find(sub)) }),
    loadExistingGrant: (ctx: Context) => grantAll(ctx, settings.audience),
    issueRefreshToken: (_: Context, client: Client, code: { scopes: Set<string> }) =>
      client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    rotateRefreshToken: true,
    interactions: {
      policy,
      url: (_: Context, interaction: { uid: string }) => `${path}${loginPath}${interaction.uid}`,
    },
    formats: {
      customizers: {
        jwt: (_: Context, token: AccessToken, jwt: JwtParts) =>
          shapeAccessToken(token, jwt, addressClaims(accounts.find(token.accountId), settings)),
      },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_: Context, client: Client, token: { clientId: string }) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx: Context, _: Client, granted?: string) => granted ?? ctx.oidc.params['audience'],
        useGrantedResource: () => true,
        getResourceServerInfo: (_: Context, audience: string) => {
          if (audience !== settings.audience) throw new library.errors.InvalidTarget();
          return {
            scope: knownScopes,
            accessTokenFormat: 'jwt',
            accessTokenTTL: accessTokenSeconds,
            jwt: { sign: { alg: 'RS256' } },
          };
        },
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx: Context, form: string) => logOut(ctx, form, consents),
        postLogoutSuccessSource,
      },
    },
    renderError: (ctx: Context, error: Record<string, string>) => {
      const lines = Object.entries(error).map(
        ([name, text]) => `<p><strong>${escapeHtml(name)}</strong>: ${escapeHtml(text)}</p>`,
      );
      respond(ctx, page('Log-in failed', lines.join('\n')));
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      Grant: 30 * day,
      IdToken: idTokenSeconds,
      Interaction: 3600,
      RefreshToken: 30 * day,
      Session: 7 * day,
    },
  });

  for (const check of ['redirectUriAllowed', 'postLogoutRedirectUriAllowed'] as const) {
    const registered = provider.Client.prototype[check];
    provider.Client.prototype[check] = function allowed(this: Client, uri: string): boolean {
      return isLoopback(uri) || registered.call(this, uri);
    };
  }
  provider.on('server_error', (_, error) => console.error(`[oidc] ${issuer}:`, error));
  provider.on('error', (error) => console.error(`[oidc] ${issuer}:`, error));
  return provider;
}

/** Whether a URL is an http one on this machine: any port and path will do in development. */
export function isLoopback(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, username } = new URL(uri);
  return protocol === 'http:' && username === '' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

function cookieName(issuer: string, kind: string): string {
  const { port, pathname } = new URL(issuer);
  return `${kind}${pathname.replace(/[^A-Za-z0-9]+/g, '_')}${port}`;
}

/** Whether the page that a token would go to is known to the person who is logged in. */
function consented({ oidc: { client, params, session } }: Context, consents: Consents): boolean {
  const target = params['redirect_uri'] ?? '';
  if (!client || session.accountId === undefined || !URL.canParse(target)) return true;
  return consents.has(session.accountId, { client: client.clientId, origin: new URL(target).origin });
}

/** Grants a client, without asking, whatever it requests for the user who has logged in. */
async function grantAll(ctx: Context, audience: string): Promise<Grant | undefined> {
  const { client, account, session, provider, params } = ctx.oidc;
  if (!client || !account) return undefined;
  const id = session.grantIdFor(client.clientId);
  const known = id ? await provider.Grant.find(id) : undefined;
  const grant = known ?? new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  if (params['scope']) {
    grant.addOIDCScope(params['scope']);
    if (params['audience'] ?? params['resource']) grant.addResourceScope(audience, params['scope']);
  }
  await grant.save();
  return grant;
}

/** Turns the library's JWT access token into Auth0's. */
function shapeAccessToken(token: AccessToken, jwt: JwtParts, address: Record<string, unknown>): void {
  const { iss, sub, iat, exp, scope, aud } = jwt.payload;
  const audience = accessTokenAudience(String(aud), String(iss), String(scope));
  jwt.header = { typ: 'JWT' };
  jwt.payload = { ...address, iss, sub, aud: audience, iat, exp, scope, azp: token.clientId };
}

/** A log-out that names its client takes effect at once, as at Auth0; any other is put to the user first. */
async function logOut(ctx: Context, form: string, consents: Consents): Promise<void> {
  const { client, session, provider, params } = ctx.oidc;
  if (!client) {
    const button = '<button type="submit" form="op.logoutForm" name="logout" value="yes">Log out</button>';
    return respond(ctx, page('Log out?', `${form}\n${button}`));
  }
  if (session.accountId !== undefined) consents.forget(session.accountId);
  await session.destroy();
  ctx.cookies.set(provider.cookieName('session'), null, {
    path: new URL(ctx.oidc.urlFor('end_session')).pathname.replace(/oidc\/logout$/, ''),
  });
  const target = new URL(params['post_logout_redirect_uri'] ?? ctx.oidc.urlFor('end_session_success'));
  if (params['post_logout_redirect_uri'] && params['state']) target.searchParams.set('state', params['state']);
  ctx.status = 303;
  ctx.redirect(target.href);
}

function postLogoutSuccessSource(ctx: Context): void {
  respond(ctx, page('Logged out', '<p>You can close this page.</p>'));
}

function respond(ctx: Context, html: string): void {
  ctx.type = 'html';
  ctx.set(pageHeaders);
  ctx.body = html;
}
