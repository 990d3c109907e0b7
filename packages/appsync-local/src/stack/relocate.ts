/**
 * Moves a template that was synthesized for this kind of stack on another port to this stack's issuers. Issuers that
 * are not on this machine stay.
 */
export function relocateIssuers<Json>(template: Json, origin: string): Json {
  return JSON.parse(JSON.stringify(template).replaceAll(/http:\/\/127\.0\.0\.1:\d+(?=\/oidc\/)/g, origin)) as Json;
}
