/** Tokens of a running stack, for scripts and tests: without the stack itself, so that it loads at once. */
export { readOutputs, readOutputsFile } from './stack/outputs.ts';
export type { StackOutputs } from './stack/outputs.ts';
export { emailProblem, subjectProblem } from './issuers/accounts.ts';
export type { Account } from './issuers/accounts.ts';
export { createKey, readSecrets } from './issuers/keys.ts';
export type { FirstSecrets, IssuerSecrets } from './issuers/keys.ts';
export { signJwt } from './issuers/jwt.ts';
export type { SigningKey } from './issuers/jwt.ts';
export { publishedKeyIds } from './issuers/published.ts';
export type { IssuerSettings } from './issuers/settings.ts';
export { accessTokenClaims, clientsOf, idTokenClaims, issueToken } from './issuers/tokens.ts';
export type { TokenRequest } from './issuers/tokens.ts';
