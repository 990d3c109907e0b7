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
import { aggregates, indexNameOf, perAggregate, uniqueAttributesOf } from '../../domain/operations.ts';
import { orderKeys } from '../../domain/kernel/view/listing.ts';
import { type IndexName, projections } from '../../functions/ports/eventIndex/port.ts';
import type { Config } from '../config.ts';
import { removalPolicy } from './lifetime.ts';

export interface Tables {
  eventStore: Table;
  uniqueValue: Table;
  /**
   * Data keys of persons, and the keys of the stack that wrap them: what its backups hold, an erasure does not reach.
   */
  subjectKey: Table;
  /** What streams came to at some of their events. */
  snapshot: Table;
  commandOutcome: Table;
  recovery: Table;
  /** Where rows are found, and put in order. */
  directory: Table;
  quota: Table;
  /** Why dead letters are there. */
  deadLetter: Table;
  views: Record<AggregateName, Table>;
}

const text = (name: string) => ({ name, type: AttributeType.STRING });
const number = (name: string) => ({ name, type: AttributeType.NUMBER });

export const createTables = (stack: Stack, config: Config): Tables => {
  const table = (name: string, props: TableProps): Table =>
    new Table(stack, name, {
      tableName: `${config.stackName}-${name}`,
      billingMode: BillingMode.PAY_PER_REQUEST,
      // The account's AWS-managed key: no key to look after, and its use is on record in CloudTrail.
      encryption: TableEncryption.AWS_MANAGED,
      deletionProtection: config.protect,
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
    eventStore: createEventStore(table, config),
    uniqueValue: table('uniqueValue', { partitionKey: text('uniqueKey') }),
    subjectKey: table('subjectKey', {
      partitionKey: text('subject'),
      // An erasure is final once no backup holds the keys any more.
      ...backedUp(config.keyBackupDays),
    }),
    snapshot: table('snapshot', {
      partitionKey: text('streamId'),
      sortKey: text('pointKey'),
      timeToLiveAttribute: 'expiresAt',
    }),
    commandOutcome: createOutcomes(table),
    recovery: createRecoveryTable(table),
    directory: createDirectory(table),
    quota: table('quota', { partitionKey: text('quotaKey'), timeToLiveAttribute: 'expiresAt' }),
    deadLetter: table('deadLetter', { partitionKey: text('messageId'), timeToLiveAttribute: 'expiresAt' }),
    views: perAggregate((name) => view(aggregates[name])),
  };
};

/**
 * A table that was restored is another resource, whose id says which: CloudFormation then imports it, instead of
 * creating one in the place of the one before (docs/operating.md).
 */
/**
 * What cannot be made again from events is backed up, continuously. Views, claims and lists can: a backup of theirs
 * would only keep, in clear, what was erased since.
 * @param days how far back the table can be restored
 */
const backedUp = (days?: number): Pick<TableProps, 'pointInTimeRecoverySpecification'> => ({
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: days },
});

const createEventStore = (
  table: (name: string, props: TableProps) => Table,
  { stackName, eventStoreTable }: Config,
): Table => {
  const own = eventStoreTable === `${stackName}-eventStore`;
  const eventStore = table(own ? 'eventStore' : `eventStore-${eventStoreTable}`, {
    tableName: eventStoreTable,
    partitionKey: text('streamId'),
    sortKey: number('version'),
    stream: StreamViewType.NEW_IMAGE,
    ...backedUp(),
  });
  // Each event pays for what its indexes project: no more than recovery, the audit and the outcome of a command need.
  const inOrderOfTime = (indexName: IndexName, key: string) =>
    eventStore.addGlobalSecondaryIndex({
      indexName,
      partitionKey: text(key),
      sortKey: number('timestamp'),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...projections[indexName]],
    });
  inOrderOfTime('byTime', 'timeShard');
  // By attributes that every event has: what was stored before there were these indexes stands in them too.
  inOrderOfTime('byType', 'type');
  inOrderOfTime('byActor', 'actor');
  eventStore.addGlobalSecondaryIndex({
    indexName: 'byCommand',
    partitionKey: text('commandKey'),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: ['type', 'aggregate', 'aggregateId', 'operation', 'timestamp'],
  });
  return eventStore;
};

// What is kept of the commands about a person, whoever sent them, is found by the person.
const createOutcomes = (table: (name: string, props: TableProps) => Table): Table => {
  const outcomes = table('commandOutcome', {
    partitionKey: text('commandKey'),
    timeToLiveAttribute: 'expiresAt',
    ...backedUp(),
  });
  outcomes.addGlobalSecondaryIndex({
    indexName: 'bySubject',
    partitionKey: text('subject'),
    sortKey: number('expiresAt'),
    projectionType: ProjectionType.ALL,
  });
  return outcomes;
};

// Item `ledger` per recovery, which index byStart lists, and an item per chunk of its work.
const createRecoveryTable = (table: (name: string, props: TableProps) => Table): Table => {
  const recovery = table('recovery', {
    partitionKey: text('recoveryId'),
    sortKey: text('item'),
    timeToLiveAttribute: 'expiresAt',
    ...backedUp(),
  });
  recovery.addGlobalSecondaryIndex({
    indexName: 'byStart',
    partitionKey: text('item'),
    sortKey: text('startedAt'),
    projectionType: ProjectionType.ALL,
  });
  return recovery;
};

// Each row's entries under its own id, to be settled; under their facets, in every order, and by terms, to be found.
const createDirectory = (table: (name: string, props: TableProps) => Table): Table => {
  const directory = table('directory', {
    partitionKey: text('rowKey'),
    sortKey: text('entry'),
    timeToLiveAttribute: 'expiresAt',
  });
  for (const order of orderKeys)
    directory.addGlobalSecondaryIndex({
      indexName: order,
      partitionKey: text('facet'),
      sortKey: text(order),
      projectionType: ProjectionType.ALL,
    });
  directory.addGlobalSecondaryIndex({
    indexName: 'byTerm',
    partitionKey: text('initial'),
    sortKey: text('term'),
    projectionType: ProjectionType.ALL,
  });
  return directory;
};

/**
 * A view's indexes: one per unique attribute, by which the one row is found that has a value. Lists are the
 * directory's.
 */
const indexesOf = ({ name: aggregate }: AggregateDefinition) =>
  uniqueAttributesOf(aggregate).map((name) => ({ indexName: indexNameOf(name), partitionKey: text(`${name}Key`) }));
