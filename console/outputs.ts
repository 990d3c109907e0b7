/** What the page has to know of a stack: some of the stack's outputs, under the names that they have there. */
export interface ConsoleConfig {
  /** Where queries and mutations are posted. */
  GraphQLUrl: string;
  /** Where subscriptions connect: ws or wss. */
  RealtimeUrl: string;
  AdminIssuer: string;
  AdminClientId: string;
  UserIssuer: string;
  UserClientId: string;
  /** The API's identifier at the issuers, if it is not the usual one. */
  Audience?: string;
}

const addresses = ['GraphQLUrl', 'RealtimeUrl', 'AdminIssuer', 'UserIssuer'] as const;
const required = ['GraphQLUrl', 'RealtimeUrl', 'AdminIssuer', 'AdminClientId', 'UserIssuer', 'UserClientId'] as const;

/**
 * Finds the page's configuration in a stack's outputs: one flat object, or the form of `cdk deploy --outputs-file`,
 * `{ "<stack>": { … } }`. Throws an Error that names what is missing or wrong.
 */
export function readOutputs(json: unknown): ConsoleConfig {
  const outputs = isOutputs(json) ? json : Object.values(json ?? {}).find(isOutputs);
  const missing = required.filter((name) => typeof outputs?.[name] !== 'string');
  if (!outputs || missing.length > 0)
    throw new Error(`These are not the stack's outputs: ${missing.join(', ')} missing.`);
  const wrong = addresses.find((name) => !URL.canParse(outputs[name] as string));
  if (wrong) throw new Error(`${wrong} is not an address: ${outputs[wrong]}`);
  const names = typeof outputs['Audience'] === 'string' ? [...required, 'Audience'] : required;
  return Object.fromEntries(names.map((name) => [name, outputs[name]])) as unknown as ConsoleConfig;
}

function isOutputs(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'GraphQLUrl' in value;
}
