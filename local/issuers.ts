/** This application's two ways to log in, as the local issuers have to know them. */
import type { IssuerProvider, IssuerSettings } from 'appsync-local';
import type { ApplicationOutputs } from './outputs.ts';

export const localIssuers: IssuerSettings = {
  audience: 'https://user-management/api',
  claimNamespace: 'https://user-management/',
  accounts: [
    { sub: 'auth0|admin' },
    { sub: 'auth0|alice' },
    { sub: 'auth0|bob' },
    { sub: 'google-oauth2|carol' },
    { sub: 'auth0|dave', emailVerified: false },
  ],
};

/** The issuers of the admin and the user application, wherever they are. */
export function applicationsOf(outputs: ApplicationOutputs): IssuerProvider[] {
  return [
    { name: 'admin', issuer: outputs.AdminIssuer, clientId: outputs.AdminClientId },
    { name: 'user', issuer: outputs.UserIssuer, clientId: outputs.UserClientId },
  ];
}
