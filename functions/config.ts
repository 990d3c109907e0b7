import type { AggregateName } from '../domain/aggregate.ts';

/** All that the functions read from their environment. Each function is given what it uses, and no more. */
export type Variable =
  | 'EVENT_STORE_TABLE' | 'UNIQUE_VALUE_TABLE' | 'COMMAND_OUTCOME_TABLE' | 'RECOVERY_TABLE'
  | 'USER_TABLE' | 'ROLE_TABLE' | 'AUTHORIZATION_TABLE' | 'GROUP_TABLE'
  /** The API's endpoint. */
  | 'GRAPHQL_URL'
  /** A queue's URL is this with the queue's logical name behind it. */
  | 'QUEUE_URL_PREFIX'
  | 'RECOVERY_QUEUE_URL';

/** The table of each aggregate's view. */
export type ViewTables = Record<AggregateName, string>;

export const viewVariables = ['USER_TABLE', 'ROLE_TABLE', 'AUTHORIZATION_TABLE', 'GROUP_TABLE'] as const satisfies Variable[];

/**
 * Reads the variables that a function needs, all at its start.
 * @throws Error naming every one that is missing or empty
 */
export const readEnvironment = <Name extends Variable>(names: readonly Name[], environment: NodeJS.ProcessEnv = process.env): Record<Name, string> => {
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`Environment variable missing: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, environment[name]])) as Record<Name, string>;
};

export const viewTablesOf = (environment: Record<(typeof viewVariables)[number], string>): ViewTables => ({
  user: environment.USER_TABLE,
  role: environment.ROLE_TABLE,
  authorization: environment.AUTHORIZATION_TABLE,
  group: environment.GROUP_TABLE,
});
