import type { Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
  type TableProps,
} from 'aws-cdk-lib/aws-dynamodb';
import type { AggregateDefinition, AggregateName } from '../../domain/kernel/aggregate.ts';
import {
  aggregateNames,
  aggregates,
  indexNameOf,
  listIndexOf,
  liveKey,
  uniqueAttributesOf,
} from '../../domain/operations.ts';
import type { Config } from '../config.ts';
import { isKept, removalPolicy } from './lifetime.ts';

export interface Tables {
  eventStore: Table;
  uniqueValue: Table;
  /** Data keys of persons, and the keys of the stack that wrap them: what its backups hold, an erasure does not reach. */
  subjectKey: Table;
  commandOutcome: Table;
  recovery: Table;
  views: Record<AggregateName, Table>;
}

const text = (name: string) => ({ name, type: AttributeType.STRING });
const number = (name: string) => ({ name, type: AttributeType.NUMBER });

export const createTables = (stack: Stack, config: Config): Tables => {
  const table = (name: string, props: Omit<TableProps, 'tableName'>): Table =>
    new Table(stack, name, {
      tableName: `${config.stackName}-${name}`,
      billingMode: BillingMode.PAY_PER_REQUEST,
      // The account's AWS-managed key: no key to look after, and its use is on record in CloudTrail.
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: isKept(config),
      removalPolicy: removalPolicy(config),
      ...props,
    });

  const view = (aggregate: AggregateDefinition): Table => {
    const created = table(aggregate.name, { partitionKey: text('id'), timeToLiveAttribute: 'expiresAt' });
    for (const index of indexesOf(aggregate))
      created.addGlobalSecondaryIndex({ ...index, projectionType: ProjectionType.ALL });
    return created;
  };

  return {
    eventStore: createEventStore(table),
    uniqueValue: table('uniqueValue', { partitionKey: text('uniqueKey') }),
    subjectKey: table('subjectKey', { partitionKey: text('subject') }),
    commandOutcome: table('commandOutcome', { partitionKey: text('commandKey'), timeToLiveAttribute: 'expiresAt' }),
    recovery: createRecoveryTable(table),
    views: Object.fromEntries(aggregateNames.map((name) => [name, view(aggregates[name])])) as Record<
      AggregateName,
      Table
    >,
  };
};

const createEventStore = (table: (name: string, props: TableProps) => Table): Table => {
  const eventStore = table('eventStore', {
    partitionKey: text('streamId'),
    sortKey: number('version'),
    stream: StreamViewType.NEW_IMAGE,
  });
  // Each event pays for what its indexes project: no more than recovery and the outcome of a command need.
  eventStore.addGlobalSecondaryIndex({
    indexName: 'byTime',
    partitionKey: text('timeShard'),
    sortKey: number('timestamp'),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: ['eventId', 'previousTimestamp', 'aggregate', 'aggregateId'],
  });
  eventStore.addGlobalSecondaryIndex({
    indexName: 'byCommand',
    partitionKey: text('commandKey'),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: ['type', 'aggregate', 'aggregateId', 'operation', 'timestamp'],
  });
  return eventStore;
};

// Item `ledger` per recovery, which index byStart lists, and an item per chunk of its work.
const createRecoveryTable = (table: (name: string, props: TableProps) => Table): Table => {
  const recovery = table('recovery', {
    partitionKey: text('recoveryId'),
    sortKey: text('item'),
    timeToLiveAttribute: 'expiresAt',
  });
  recovery.addGlobalSecondaryIndex({
    indexName: 'byStart',
    partitionKey: text('item'),
    sortKey: text('startedAt'),
    projectionType: ProjectionType.ALL,
  });
  return recovery;
};

/** A view's indexes: one of the live rows alone, which lists scan; one per unique attribute; and one per reference. */
const indexesOf = ({ name: aggregate, attributes }: AggregateDefinition) => [
  ...(uniqueAttributesOf(aggregate).length > 0
    ? []
    : [{ indexName: listIndexOf(aggregate), partitionKey: text(liveKey) }]),
  ...Object.entries(attributes).flatMap(([name, { unique, kind }]) => [
    ...(unique ? [{ indexName: indexNameOf(name), partitionKey: text(`${name}Key`) }] : []),
    ...(kind === 'reference' ? [{ indexName: indexNameOf(name), partitionKey: text(name), sortKey: text('id') }] : []),
  ]),
];
