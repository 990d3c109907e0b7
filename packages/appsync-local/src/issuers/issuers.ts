/**
 * Stand-ins for the Auth0 tenants: one OIDC issuer per provider, each below its own path of the local server, over
 * plain http on the loopback interface. Anyone can log in as anyone, so they must never listen elsewhere.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createIssuer } from './issuer.ts';
import type { Issuer } from './issuer.ts';
import { loadLibrary } from './library.ts';
import type { IssuerSettings } from './settings.ts';
import type { TokenRequest } from './tokens.ts';
import { clientsOf } from './tokens.ts';

/** One application's way to log in. Two with the same issuer share its users, keys and sessions. */
export interface IssuerProvider {
  /** e.g. `http://127.0.0.1:4000/oidc/admin/`, exactly as in tokens. */
  issuer: string;
  /** A client id, or several as `^(a|b)$`. */
  clientId: string;
  /** What {@link Issuers.mint} calls it, e.g. `admin`. */
  name: string;
}

export interface IssuersOptions {
  /** Where the server that calls `handle` is reached, e.g. `http://127.0.0.1:4000`. */
  origin: string;
  providers: IssuerProvider[];
  /** Keys are kept below it. */
  stateDir: string;
  /** Where applications may be returned to after log-in and log-out, besides any http address on this machine. */
  redirectUris: string[];
  settings: IssuerSettings;
}

/** What {@link Issuers.mint} makes a token of. `clientId`: which of a provider's clients, by default the first. */
export type MintRequest = Omit<TokenRequest, 'issuer' | 'clientId'> & { provider: string; clientId?: string };

export interface Issuers {
  /** Answers a request that is for one of the issuers; false if it is for none. */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
  /** Resolves when no request is being answered any more. */
  stop(): Promise<void>;
  /** Signs an access token without a log-in. */
  mint(request: MintRequest): Promise<string>;
  /**
   * Takes the provider's signing key out of use and out of its JWKS; the next one, published already, signs from now
   * on.
   */
  rotate(provider: string): Promise<void>;
}

/** Starts the issuers: reads their keys, or makes them. Rejects if an issuer is not below the origin. */
export async function createIssuers(options: IssuersOptions): Promise<Issuers> {
  const clients = new Map<string, string[]>();
  for (const { issuer, clientId } of options.providers) {
    if (!issuer.startsWith(`${options.origin}/`) || !issuer.endsWith('/')) {
      throw new Error(`Issuer ${issuer} must lie below ${options.origin}/ and end in a slash`);
    }
    clients.set(issuer, [...new Set([...(clients.get(issuer) ?? []), ...clientsOf(clientId)])]);
  }
  const { stateDir, redirectUris, settings } = options;
  // Starts now, waited for by the first request that needs it; that request also hears of a failure.
  loadLibrary().catch(() => undefined);
  const all = await Promise.all(
    [...clients].map(([issuer, ids]) => createIssuer({ issuer, clients: ids, stateDir, redirectUris, settings })),
  );

  const find = (name: string): { issuer: Issuer; provider: IssuerProvider } => {
    const provider = options.providers.find((candidate) => candidate.name === name);
    const issuer = all.find((candidate) => candidate.url === provider?.issuer);
    if (!provider || !issuer)
      throw new Error(`No issuer is called ${name}: ${options.providers.map((known) => known.name).join(', ')}`);
    return { issuer, provider };
  };

  return {
    handle(req, res) {
      const issuer = all.find((candidate) => candidate.owns(req.url ?? ''));
      issuer?.serve(req, res);
      return issuer !== undefined;
    },
    async stop() {
      await Promise.all(all.map((issuer) => issuer.idle()));
    },
    async mint({ provider: name, clientId, ...request }) {
      const { issuer, provider } = find(name);
      return issuer.mint({
        ...request,
        issuer: provider.issuer,
        clientId: clientId ?? clientsOf(provider.clientId)[0]!,
      });
    },
    async rotate(name) {
      await find(name).issuer.rotate();
    },
  };
}
