/** What the local issuers have to know of the application whose tenant they stand in for. */
import type { Account } from './accounts.ts';

export interface IssuerSettings {
  /** The API's identifier: what a client asks for with `audience`, and what stands in `aud`. */
  audience: string;
  /**
   * Where access tokens carry the address that the issuer vouches for: `<namespace>email`, `<namespace>email_verified`,
   * as a post-login Action would set them. Left out: access tokens carry no address.
   */
  claimNamespace?: string;
  /** Offered on the log-in page; any other user id will do as well. */
  accounts?: Account[];
}

export const defaultSettings: IssuerSettings = { audience: 'https://local/api' };
