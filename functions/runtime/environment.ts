import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { aggregateNames, perAggregate } from '../../domain/operations.ts';
import { upperCase } from './upperCase.ts';

/** The name of a view's table, as in `USER_TABLE`. */
export type ViewVariable = `${Uppercase<AggregateName>}_TABLE`;

/** All that the functions read from their environment. Each function is given what it uses, and no more. */
export type Variable =
  | 'EVENT_STORE_TABLE'
  | 'UNIQUE_VALUE_TABLE'
  | 'SUBJECT_KEY_TABLE'
  | 'SNAPSHOT_TABLE'
  | 'COMMAND_OUTCOME_TABLE'
  | 'RECOVERY_TABLE'
  | 'DEAD_LETTER_TABLE'
  | 'DIRECTORY_TABLE'
  | ViewVariable
  /** `verified`, or `form`: whether people have to prove that an address is theirs. */
  | 'EMAIL'
  /** What wraps the keys of the stack. */
  | 'KMS_KEY_ID'
  /** The API's endpoint. */
  | 'GRAPHQL_URL'
  /** A queue's URL is this with the queue's logical name behind it. */
  | 'QUEUE_URL_PREFIX'
  | 'RECOVERY_QUEUE_URL';

/** The table of each aggregate's view. */
export type ViewTables = Record<AggregateName, string>;

const variableOf = (aggregate: AggregateName): ViewVariable => `${upperCase(aggregate)}_TABLE`;

export const viewVariables: ViewVariable[] = aggregateNames.map(variableOf);

/**
 * Reads the variables that a function needs, all at its start.
 * @throws Error naming every one that is missing or empty
 */
export const readEnvironment = <Name extends Variable>(
  names: readonly Name[],
  environment: NodeJS.ProcessEnv = process.env,
): Record<Name, string> => {
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`Environment variable missing: ${missing.join(', ')}`);
  // Each name has a value, as was just seen; that it is each, `fromEntries` does not say.
  return Object.fromEntries(names.map((name) => [name, environment[name]])) as Record<Name, string>;
};

export const viewTablesOf = (environment: Record<ViewVariable, string>): ViewTables =>
  perAggregate((name) => environment[variableOf(name)]);
