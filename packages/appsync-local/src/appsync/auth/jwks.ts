/** The published keys of OIDC issuers, fetched when needed and kept for a while. */
import { assertIsJwks, findJwkInJwks } from 'aws-jwt-verify/jwk';
import type { Jwks, JwksCache, JwkWithKid } from 'aws-jwt-verify/jwk';
import type { Json } from 'aws-jwt-verify/safe-json-parse';

export interface JwksOptions {
  /**
   * How long keys are used before they are fetched anew, so that a key taken out of use stops working. By default a
   * second for an issuer on plain http, which is on this machine, and ten minutes for any other.
   */
  maxAgeMs?: number;
  /** The least time between two fetches that unknown key ids cause. */
  cooldownMs: number;
  /** Hears why an issuer's keys could not be had. */
  log: (line: string) => void;
}

const fetchTimeoutMs = 5000;
const localAgeMs = 1000;
const remoteAgeMs = 600_000;

/**
 * The path of the discovery document is appended to the issuer as AppSync does, whether or not the issuer ends in a
 * slash.
 */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/**
 * A key cache for aws-jwt-verify whose "JWKS URI" is an issuer's discovery document. Unlike the package's own it takes
 * plain http, which local issuers speak, follows discovery, and lets keys grow old.
 */
export class DiscoveredKeys implements JwksCache {
  private readonly options: JwksOptions;
  private readonly cache = new Map<string, { jwks: Jwks; fetchedAt: number }>();
  private readonly fetching = new Map<string, Promise<Jwks>>();

  constructor(options: JwksOptions) {
    this.options = options;
  }

  async getJwk(discovery: string, { header }: { header: { kid?: string } }): Promise<JwkWithKid> {
    const kid = header.kid;
    if (!kid) throw new Error('The token names no key');
    const cached = this.cache.get(discovery);
    const age = cached ? Date.now() - cached.fetchedAt : Infinity;
    const maxAge = this.options.maxAgeMs ?? (discovery.startsWith('http:') ? localAgeMs : remoteAgeMs);
    const known = cached && age < maxAge ? findJwkInJwks(cached.jwks, kid) : undefined;
    if (known) return known;
    // An unknown id may be a new key, or someone making ids up: ask, but not each time.
    const fresh = age < Math.min(this.options.cooldownMs, maxAge) ? cached!.jwks : await this.getJwks(discovery);
    const found = findJwkInJwks(fresh, kid);
    if (!found) throw new Error(`No key has the id ${kid}`);
    return found;
  }

  getCachedJwk(discovery: string, { header }: { header: { kid?: string } }): JwkWithKid {
    const cached = this.cache.get(discovery);
    const found = cached && header.kid ? findJwkInJwks(cached.jwks, header.kid) : undefined;
    if (!found) throw new Error('The key is not cached');
    return found;
  }

  addJwks(discovery: string, jwks: Jwks): void {
    this.cache.set(discovery, { jwks, fetchedAt: Date.now() });
  }

  /** Fetches, once for however many ask meanwhile. */
  getJwks(discovery: string): Promise<Jwks> {
    const pending =
      this.fetching.get(discovery) ?? this.fetchKeys(discovery).finally(() => this.fetching.delete(discovery));
    this.fetching.set(discovery, pending);
    return pending;
  }

  private async fetchKeys(discovery: string): Promise<Jwks> {
    try {
      const document = (await fetchJson(discovery)) as { jwks_uri?: unknown };
      if (typeof document.jwks_uri !== 'string') throw new Error('the discovery document has no jwks_uri');
      const jwks = (await fetchJson(document.jwks_uri)) as Json;
      assertIsJwks(jwks);
      this.addJwks(discovery, jwks);
      return jwks;
    } catch (error) {
      this.options.log(`[appsync] no keys from ${discovery}: ${(error as Error).message}`);
      throw error;
    }
  }
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs), redirect: 'error' });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}
