import type { Stack } from 'aws-cdk-lib';
import type { Api } from './api/api.ts';
import type { Config } from './config.ts';
import type { FunctionBundles } from './compute/functionBundles.ts';
import type { Resources } from './compute/grants.ts';
import { queueUrlPrefix } from './queues/queues.ts';

/** What every stage of the path is built from. */
export interface StageContext {
  stack: Stack;
  config: Config;
  resources: Resources;
  bundles: FunctionBundles;
  environment: Environment;
}

/** The functions' environment variables, in groups from which each function takes those that it uses. */
export type Environment = ReturnType<typeof environmentOf>;

export const environmentOf = (stack: Stack, config: Config, { tables, masterKeyArn }: Resources, { api }: Api) => ({
  eventStore: { EVENT_STORE_TABLE: tables.eventStore.tableName },
  uniqueValue: { UNIQUE_VALUE_TABLE: tables.uniqueValue.tableName },
  keys: { SUBJECT_KEY_TABLE: tables.subjectKey.tableName, KMS_KEY_ID: masterKeyArn },
  snapshot: { SNAPSHOT_TABLE: tables.snapshot.tableName },
  commandOutcome: { COMMAND_OUTCOME_TABLE: tables.commandOutcome.tableName },
  recovery: { RECOVERY_TABLE: tables.recovery.tableName },
  deadLetter: { DEAD_LETTER_TABLE: tables.deadLetter.tableName },
  directory: { DIRECTORY_TABLE: tables.directory.tableName },
  views: Object.fromEntries(
    Object.entries(tables.views).map(([aggregate, { tableName }]) => [`${aggregate.toUpperCase()}_TABLE`, tableName]),
  ),
  queues: { QUEUE_URL_PREFIX: queueUrlPrefix(stack, config.stackName) },
  api: { GRAPHQL_URL: api.attrGraphQlUrl },
});
