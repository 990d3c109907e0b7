import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { AggregateName } from '../../domain/kernel/aggregate.ts';
import { orderKeys } from '../../domain/kernel/view/listing.ts';
import { aggregateNames, aggregates, replayQueueOf } from '../../domain/operations.ts';
import { reads } from '../../resolvers/manifest/reads.ts';
import type { Queues, WorkQueue } from '../queues/queues.ts';
import type { Tables } from '../storage/tables.ts';

/**
 * Every permission of every function and data source. Nobody may update or delete an event, only `command` may add one,
 * and only `execute` and `recovery` may write views. Each statement is needed: without it the local stack denies a
 * call.
 */
export interface Resources {
  tables: Tables;
  queues: Queues;
  apiArn: string;
  masterKeyArn: string;
}

const allow = (sid: string, actions: string[], resources: string[]): PolicyStatement =>
  new PolicyStatement({ sid, actions, resources });

const index = (table: { tableArn: string }, name: string): string => `${table.tableArn}/index/${name}`;
const viewArns = ({ views }: Tables): string[] => Object.values(views).map(({ tableArn }) => tableArn);
const arns = (workQueues: WorkQueue[]): string[] => workQueues.map(({ queue }) => queue.queueArn);

// The change of visibility lets each message that failed come back in its own time.
const consume = (workQueues: WorkQueue[]): PolicyStatement =>
  allow(
    'ConsumeQueues',
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
    arns(workQueues),
  );

const publish = (apiArn: string, ...mutations: string[]): PolicyStatement =>
  allow(
    'Publish',
    ['appsync:GraphQL'],
    mutations.map((mutation) => `${apiArn}/types/Mutation/fields/${mutation}`),
  );

/** Says of what it will not handle any more why that is so. */
const recordReasons = ({ deadLetter }: Tables): PolicyStatement =>
  allow('RecordReasons', ['dynamodb:PutItem'], [deadLetter.tableArn]);

/** Reads what is sealed; nobody else can, and the mediator need not. */
const unseal = ({ subjectKey }: Tables, masterKeyArn: string): PolicyStatement[] => [
  allow('ReadKeys', ['dynamodb:BatchGetItem'], [subjectKey.tableArn]),
  allow('UnwrapKeys', ['kms:Decrypt'], [masterKeyArn]),
];

/** Makes the keys of the stack where there are none yet. */
const makeKeys = (masterKeyArn: string): PolicyStatement => allow('MakeKeys', ['kms:GenerateDataKey'], [masterKeyArn]);

export const commandGrants = ({ tables, queues, apiArn, masterKeyArn }: Resources): PolicyStatement[] => [
  consume(queues.command),
  ...unseal(tables, masterKeyArn),
  makeKeys(masterKeyArn),
  // DeleteItem: an erasure destroys the keys of a person.
  allow('KeepKeys', ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], [tables.subjectKey.tableArn]),
  allow('AppendEvents', ['dynamodb:Query', 'dynamodb:PutItem'], [tables.eventStore.tableArn]),
  // Of a long stream, the events of earlier commands are not read.
  allow('FindRepeats', ['dynamodb:Query'], [index(tables.eventStore, 'byCommand')]),
  allow(
    'KeepSnapshots',
    ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem'],
    [tables.snapshot.tableArn],
  ),
  allow('ClaimUniqueValues', ['dynamodb:PutItem', 'dynamodb:DeleteItem'], [tables.uniqueValue.tableArn]),
  allow('RecordOutcomes', ['dynamodb:GetItem', 'dynamodb:PutItem'], [tables.commandOutcome.tableArn]),
  allow('CheckUse', ['dynamodb:Query'], [index(tables.directory, 'byName')]),
  allow('RepeatEvents', ['sqs:SendMessage'], arns(queues.execution)),
  recordReasons(tables),
  publish(apiArn, 'publishCommandOutcome'),
];

export const mediatorGrants = ({ tables, queues }: Resources): PolicyStatement[] => [
  allow(
    'ReadStream',
    ['dynamodb:DescribeStream', 'dynamodb:GetShardIterator', 'dynamodb:GetRecords', 'dynamodb:ListStreams'],
    [tables.eventStore.tableStreamArn ?? ''],
  ),
  allow('DispatchEvents', ['sqs:SendMessage'], arns(queues.execution)),
  allow('ReportFailures', ['sqs:SendMessage'], [queues.mediatorFailures.queueArn]),
];

export const executeGrants = ({ tables, queues, apiArn, masterKeyArn }: Resources): PolicyStatement[] => [
  consume(queues.execution),
  ...unseal(tables, masterKeyArn),
  // A store that was taken over has claims to restore before there was any command.
  makeKeys(masterKeyArn),
  allow('KeepKeys', ['dynamodb:PutItem'], [tables.subjectKey.tableArn]),
  // The condition check of an event that is not there keeps a restored claim from outliving its stream's next change.
  allow('ReadEvents', ['dynamodb:Query', 'dynamodb:ConditionCheckItem'], [tables.eventStore.tableArn]),
  allow(
    'MendSnapshots',
    ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
    [tables.snapshot.tableArn],
  ),
  // Not DeleteItem: what is deleted leaves a tombstone.
  allow(
    'ProjectViews',
    ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    viewArns(tables),
  ),
  allow('SettleDirectory', ['dynamodb:Query', 'dynamodb:BatchWriteItem'], [tables.directory.tableArn]),
  allow('RestoreClaims', ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], [tables.uniqueValue.tableArn]),
  allow('CountChunks', ['dynamodb:UpdateItem'], [tables.recovery.tableArn]),
  recordReasons(tables),
  publish(apiArn, 'publishProjectionUpdate', 'publishCommandOutcome'),
];

export const recoveryGrants = ({ tables, queues, apiArn, masterKeyArn }: Resources): PolicyStatement[] => [
  consume([queues.recovery]),
  ...unseal(tables, masterKeyArn),
  allow('ContinueRecovery', ['sqs:SendMessage'], arns([queues.recovery])),
  allow('FindStreams', ['dynamodb:Query'], [index(tables.eventStore, 'byTime')]),
  allow(
    'ReplayStreams',
    ['sqs:SendMessage'],
    arns(queues.execution.filter(({ name }) => aggregateNames.map(replayQueueOf).includes(name))),
  ),
  allow(
    'ReadEvents',
    ['dynamodb:Query', 'dynamodb:BatchGetItem', 'dynamodb:ConditionCheckItem'],
    [tables.eventStore.tableArn],
  ),
  // PutItem: a stream may begin while the row in its place is looked into.
  allow(
    'SweepViews',
    ['dynamodb:Scan', 'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    viewArns(tables),
  ),
  allow('SweepDirectory', ['dynamodb:Scan', 'dynamodb:Query', 'dynamodb:BatchWriteItem'], [tables.directory.tableArn]),
  allow('SweepClaims', ['dynamodb:Scan', 'dynamodb:DeleteItem'], [tables.uniqueValue.tableArn]),
  allow(
    'KeepLedger',
    ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    [tables.recovery.tableArn],
  ),
  recordReasons(tables),
  publish(apiArn, 'publishRecoveryProgress'),
];

export const historyGrants = ({ tables, masterKeyArn }: Resources): PolicyStatement[] => [
  ...unseal(tables, masterKeyArn),
  allow('ReadEvents', ['dynamodb:Query', 'dynamodb:BatchGetItem'], [tables.eventStore.tableArn]),
  allow(
    'FindEvents',
    ['dynamodb:Query'],
    ['byTime', 'byType', 'byActor'].map((name) => index(tables.eventStore, name)),
  ),
  allow('ReadSnapshots', ['dynamodb:Query'], [tables.snapshot.tableArn]),
  // All that is held of a person, who may ask for it.
  allow('FindOutcomes', ['dynamodb:Query'], [index(tables.commandOutcome, 'bySubject')]),
  allow('FindClaims', ['dynamodb:BatchGetItem'], [tables.uniqueValue.tableArn]),
  allow('SupposeUse', ['dynamodb:Query'], [index(tables.directory, 'byName')]),
  // What events speak of is called as it is called now.
  allow('NameRows', ['dynamodb:BatchGetItem'], viewArns(tables)),
];

export const pipelineGrants = ({ tables, queues }: Resources): PolicyStatement[] => [
  // What it counts there it may count in every queue: see redriveGrants.
  allow('LookAtFailures', ['sqs:ReceiveMessage'], [queues.mediatorFailures.queueArn]),
  allow('FindReasons', ['dynamodb:BatchGetItem'], [tables.deadLetter.tableArn]),
  // CloudWatch knows no narrower resource.
  allow('ReadMetrics', ['cloudwatch:GetMetricData'], ['*']),
];

/**
 * Of whoever looks after dead letters, the pipeline function and the operator's role. A move needs the rights to take
 * from the one queue and to send to the other. Queues' own policies say who may send to which.
 */
export const redriveGrants = (queues: Queues): PolicyStatement[] => [
  allow(
    'MoveDeadLetters',
    [
      ...['StartMessageMoveTask', 'ListMessageMoveTasks'],
      ...['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'],
    ].map((name) => `sqs:${name}`),
    [queues.patterns.deadLetters],
  ),
  allow('BringBack', ['sqs:SendMessage', 'sqs:GetQueueAttributes'], [queues.patterns.work]),
];

export const functionLogGrants = (logGroup: ILogGroup): PolicyStatement[] => [
  allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]),
];

export const apiLogGrants = (logGroup: ILogGroup): PolicyStatement[] => [
  allow('WriteLogs', ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]),
];

/**
 * What each data source may do, by its name. A view's follows from the reads that the manifest lists, and from what is
 * nested in what.
 */
export const dataSourceGrants = (
  { tables, queues }: Resources,
  functions: Record<'history' | 'pipeline', string>,
): Record<string, PolicyStatement[]> => ({
  Sqs: [allow('Enqueue', ['sqs:SendMessage'], arns([...queues.command, queues.recovery]))],
  EventStore: [allow('FindByCommand', ['dynamodb:Query'], [index(tables.eventStore, 'byCommand')])],
  CommandOutcome: [allow('ReadOutcome', ['dynamodb:GetItem'], [tables.commandOutcome.tableArn])],
  Recovery: [
    allow(
      'ControlRecoveries',
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [tables.recovery.tableArn],
    ),
    allow('ListRecoveries', ['dynamodb:Query'], [index(tables.recovery, 'byStart')]),
  ],
  Directory: [
    allow(
      'ListRows',
      ['dynamodb:Query'],
      [...orderKeys, 'byTerm'].map((name) => index(tables.directory, name)),
    ),
  ],
  // A condition that failed AppSync answers with the item, which it reads.
  Quota: [allow('CountCommands', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], [tables.quota.tableArn])],
  History: [allow('AskHistory', ['lambda:InvokeFunction'], [functions.history])],
  Pipeline: [allow('AskPipeline', ['lambda:InvokeFunction'], [functions.pipeline])],
  ...Object.fromEntries(
    aggregateNames.map((aggregate) => [aggregates[aggregate].typeName, viewGrants(tables, aggregate)]),
  ),
});

const viewGrants = ({ views, uniqueValue }: Tables, aggregate: AggregateName): PolicyStatement[] => {
  const own = Object.values(reads).filter((read) => read.aggregate === aggregate);
  const found = own.filter(({ kind }) => kind === 'find').map((read) => index(views[aggregate], read.index ?? ''));
  // What is referred to is read in batches, groups with the roles; so is the user whom a decision is about.
  const batched = aggregate !== 'group';
  return [
    allow('ReadView', ['dynamodb:GetItem', ...(batched ? ['dynamodb:BatchGetItem'] : [])], [views[aggregate].tableArn]),
    // The roles and the groups of a page of users are read together; for a decision, a role and the authorizations
    // asked for.
    ...(aggregate === 'role'
      ? [allow('ReadBesides', ['dynamodb:BatchGetItem'], [views.group.tableArn, views.authorization.tableArn])]
      : []),
    // Which authorization has a name, says the claim of the name.
    ...(aggregate === 'user' ? [allow('ReadNames', ['dynamodb:BatchGetItem'], [uniqueValue.tableArn])] : []),
    ...(found.length > 0 ? [allow('FindInView', ['dynamodb:Query'], found)] : []),
  ];
};
