import type { AggregateName } from '../domain/kernel/aggregate.ts';
import { aggregates, operations } from '../domain/operations.ts';
import { historyReads, type Read, reads } from './manifest/reads.ts';

export { constants } from './manifest/constants.ts';

/** The API's data sources. Each aggregate has one, named as its type, over its view table. */
export type DataSourceName = string;

/** One function of a pipeline. Wherever the same name stands, it is the same function. */
export interface PipelineFunction {
  name: string;
  dataSource: DataSourceName;
  /** Source file in this folder, without `.ts`. */
  code: string;
}

/** The resolver of one field: a pipeline where it has functions, otherwise one data source. */
export interface ResolverEntry {
  typeName: 'Query' | 'Mutation' | 'Subscription';
  fieldName: string;
  /** Source file in this folder, without `.ts`. */
  code: string;
  dataSource?: DataSourceName;
  functions?: PipelineFunction[];
}

const nestRoles: PipelineFunction = { name: 'nestRoles', dataSource: 'Role', code: 'steps/nesting/nestRoles' };
const nestGroups: PipelineFunction = { name: 'nestGroups', dataSource: 'Role', code: 'steps/nesting/nestGroups' };
const nestAuthorizations: PipelineFunction = {
  name: 'nestAuthorizations',
  dataSource: 'Authorization',
  code: 'steps/nesting/nestAuthorizations',
};

const nest: PipelineFunction = { name: 'nest', dataSource: 'None', code: 'steps/nesting/nest' };

/**
 * What fetches the objects nested in an aggregate's type, and puts them in place: with the read itself, at most four
 * calls.
 */
const nesting: Partial<Record<AggregateName, PipelineFunction[]>> = {
  user: [nestRoles, nestGroups, nestAuthorizations, nest],
  role: [nestAuthorizations, nest],
};

const checkCommand: PipelineFunction = { name: 'checkCommand', dataSource: 'None', code: 'steps/checkCommand' };
const takeQuota: PipelineFunction = { name: 'takeQuota', dataSource: 'Quota', code: 'steps/takeQuota' };
const enqueue: PipelineFunction = { name: 'enqueue', dataSource: 'Sqs', code: 'enqueue' };

/**
 * Many fields, one code: it stands in the template once, as a function that each field's resolver only passes on to.
 */
const shared = (name: string, dataSource: DataSourceName, code = name) => ({
  code: 'pass',
  functions: [{ name, dataSource, code }],
});

const checkKey: PipelineFunction = { name: 'checkKey', dataSource: 'None', code: 'steps/checkKey' };
/**
 * A list is read by a text, or from as many facets as it has at the most; in whole rows. The tokens of its reads are good
 * for this function alone.
 */
const find: PipelineFunction = { name: 'find', dataSource: 'Directory', code: 'steps/finding/find' };

const readEntry = ([fieldName, { aggregate, kind }]: [string, Read]): ResolverEntry => {
  const { typeName } = aggregates[aggregate];
  const one: PipelineFunction = { name: `${kind}${typeName}`, dataSource: typeName, code: kind };
  const reading = { get: [checkKey, one], find: [one], list: [find, find, find] }[kind];
  return {
    typeName: 'Query',
    fieldName,
    code: 'pass',
    functions: [...reading, ...(nesting[aggregate] ?? [nest])],
  };
};

/** Every resolver of the API. */
export const resolvers: ResolverEntry[] = [
  ...Object.values(operations).map(({ name, caller }): ResolverEntry => ({
    typeName: 'Mutation',
    fieldName: name,
    code: 'pass',
    functions: [checkCommand, ...(caller === 'user' ? [takeQuota] : []), enqueue],
  })),
  ...Object.entries(reads).map(readEntry),
  ...historyReads.map((fieldName): ResolverEntry => ({
    typeName: 'Query',
    fieldName,
    ...shared('history', 'History'),
  })),
  {
    typeName: 'Query',
    fieldName: 'myData',
    code: 'pass',
    functions: [takeQuota, { name: 'history', dataSource: 'History', code: 'history' }],
  },
  {
    typeName: 'Query',
    fieldName: 'can',
    code: 'pass',
    functions: [
      { name: 'findAsked', dataSource: 'User', code: 'steps/finding/findAsked' },
      takeQuota,
      { name: 'findGranting', dataSource: 'Role', code: 'steps/finding/findGranting' },
      { name: 'history', dataSource: 'History', code: 'history' },
    ],
  },
  {
    typeName: 'Query',
    fieldName: 'command',
    code: 'command',
    functions: [
      { name: 'findCommandEvent', dataSource: 'EventStore', code: 'steps/finding/findCommandEvent' },
      { name: 'findCommandOutcome', dataSource: 'CommandOutcome', code: 'steps/finding/findCommandOutcome' },
    ],
  },
  {
    typeName: 'Mutation',
    fieldName: 'recoverFrom',
    code: 'recovery/recoverFrom',
    functions: [
      { name: 'sendRecovery', dataSource: 'Sqs', code: 'recovery/sendRecovery' },
      { name: 'recordRecovery', dataSource: 'Recovery', code: 'recovery/recordRecovery' },
    ],
  },
  { typeName: 'Mutation', fieldName: 'cancelRecovery', code: 'recovery/cancelRecovery', dataSource: 'Recovery' },
  { typeName: 'Query', fieldName: 'recovery', code: 'recovery/recovery', dataSource: 'Recovery' },
  { typeName: 'Query', fieldName: 'pipeline', ...shared('pipeline', 'Pipeline') },
  { typeName: 'Query', fieldName: 'deadLetters', ...shared('pipeline', 'Pipeline') },
  { typeName: 'Mutation', fieldName: 'redrive', ...shared('pipeline', 'Pipeline') },
  { typeName: 'Query', fieldName: 'recoveries', code: 'recovery/recoveries', dataSource: 'Recovery' },
  { typeName: 'Mutation', fieldName: 'publishProjectionUpdate', ...shared('publish', 'None', 'live/publish') },
  { typeName: 'Mutation', fieldName: 'publishCommandOutcome', ...shared('publish', 'None', 'live/publish') },
  { typeName: 'Mutation', fieldName: 'publishRecoveryProgress', ...shared('publish', 'None', 'live/publish') },
  { typeName: 'Subscription', fieldName: 'onProjectionUpdated', code: 'live/onProjectionUpdated', dataSource: 'None' },
  { typeName: 'Subscription', fieldName: 'onCommandCompleted', code: 'live/onCommandCompleted', dataSource: 'None' },
  { typeName: 'Subscription', fieldName: 'onRecoveryProgress', code: 'live/onRecoveryProgress', dataSource: 'None' },
];
