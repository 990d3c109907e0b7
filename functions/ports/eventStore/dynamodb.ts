import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../../domain/kernel/event.ts';
import { streamIdOf } from '../../../domain/kernel/event.ts';
import type { Claim } from '../../../domain/kernel/unique.ts';
import { again, conflictPolicy, retry } from '../../runtime/retry.ts';
import { eventOf, itemOf } from './item.ts';
import { type AppendResult, type ClaimChanges, type EventReader, type EventStore, isOfCommand } from './port.ts';

type RawItem = Parameters<typeof unmarshall>[0];
type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export interface EventStoreTables {
  eventStore: string;
  uniqueValue: string;
}

/** The streams of an event store on DynamoDB, for those who only read. */
export const dynamoDbEventReader = (client: DynamoDBDocumentClient, table: string): EventReader => {
  const loadAfter = async (aggregate: AggregateName, aggregateId: string, version: number): Promise<DomainEvent[]> => {
    const events: DomainEvent[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'streamId = :streamId AND version > :version',
          ExpressionAttributeValues: { ':streamId': streamIdOf(aggregate, aggregateId), ':version': version },
          ExclusiveStartKey: from,
        }),
      );
      events.push(...(page.Items ?? []).map(eventOf));
      from = page.LastEvaluatedKey;
    } while (from);
    return events;
  };

  return { load: (aggregate, aggregateId) => loadAfter(aggregate, aggregateId, 0), loadAfter };
};

/** The event store on DynamoDB. An append that changes no claims is one PutItem; one that does is one transaction. */
export const dynamoDbEventStore = (client: DynamoDBDocumentClient, tables: EventStoreTables): EventStore => ({
  ...dynamoDbEventReader(client, tables.eventStore),
  append: (event, changes) =>
    changes.takes.length + changes.releases.length === 0
      ? appendAlone(client, tables, event)
      : appendWithClaims(client, tables, event, changes),
});

const newVersion = (table: string, event: DomainEvent) => ({
  TableName: table,
  Item: itemOf(event),
  ConditionExpression: 'attribute_not_exists(streamId)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

const appendAlone = (
  client: DynamoDBDocumentClient,
  tables: EventStoreTables,
  event: DomainEvent,
): Promise<AppendResult> =>
  retry(
    conflictPolicy,
    async () => {
      try {
        await client.send(new PutCommand(newVersion(tables.eventStore, event)));
        return { kind: 'appended' };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return metInstead(event, error.Item);
        if (error instanceof TransactionConflictException) return again;
        throw error;
      }
    },
    () => tooManyConflicts(event),
  );

const appendWithClaims = (
  client: DynamoDBDocumentClient,
  tables: EventStoreTables,
  event: DomainEvent,
  { takes, releases }: ClaimChanges,
): Promise<AppendResult> => {
  let held = releases;
  return retry(
    conflictPolicy,
    async () => {
      try {
        await client.send(
          new TransactWriteCommand({
            // One token for all tries: a try whose answer was lost is not taken for another's event.
            ClientRequestToken: held === releases ? event.eventId : undefined,
            TransactItems: [
              { Put: newVersion(tables.eventStore, event) },
              ...takes.map((claim) => take(tables, event, claim)),
              ...held.map((claim) => release(tables, event, claim)),
            ],
          }),
        );
        return { kind: 'appended' };
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const result = resultOf(error, event, takes, held);
        if ('notHeld' in result) {
          held = held.filter((claim) => !result.notHeld.includes(claim));
          return again;
        }
        return result.kind === 'transient' ? again : result;
      }
    },
    () => tooManyConflicts(event),
  );
};

const take = (tables: EventStoreTables, event: DomainEvent, { key, aggregate, attribute }: Claim): TransactItem => {
  const streamId = streamIdOf(event.aggregate, event.aggregateId);
  return {
    Put: {
      TableName: tables.uniqueValue,
      Item: { uniqueKey: key, streamId, aggregate, attribute },
      ConditionExpression: 'attribute_not_exists(uniqueKey) OR streamId = :me',
      ExpressionAttributeValues: { ':me': streamId },
    },
  };
};

const release = (tables: EventStoreTables, event: DomainEvent, { key }: Claim): TransactItem => ({
  Delete: {
    TableName: tables.uniqueValue,
    Key: { uniqueKey: key },
    ConditionExpression: 'streamId = :me',
    ExpressionAttributeValues: { ':me': streamIdOf(event.aggregate, event.aggregateId) },
  },
});

/** Who took the version: this very event (an answer was lost), an earlier delivery of its command, or another command. */
const metInstead = (event: DomainEvent, item: RawItem | undefined): AppendResult => {
  if (!item) return { kind: 'versionTaken' };
  const met = eventOf(unmarshall(item));
  if (met.eventId === event.eventId) return { kind: 'appended' };
  return isOfCommand(event)(met) ? { kind: 'repeat', event: met } : { kind: 'versionTaken' };
};

const transient = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
const failed = 'ConditionalCheckFailed';

/** Reads the reasons of a cancelled transaction, which stand in the order of its items. The event's decides. */
const resultOf = (
  error: TransactionCanceledException,
  event: DomainEvent,
  takes: Claim[],
  releases: Claim[],
): AppendResult | { kind: 'transient' } | { notHeld: Claim[] } => {
  const reasons = error.CancellationReasons ?? [];
  const [ofEvent, ...ofClaims] = reasons;
  if (ofEvent?.Code === failed) return metInstead(event, ofEvent.Item);
  const unknown = reasons.find(
    ({ Code }) => Code !== undefined && Code !== 'None' && Code !== failed && !transient.has(Code),
  );
  if (unknown)
    throw new Error(`The event store refused event ${event.eventId}: ${unknown.Code} ${unknown.Message ?? ''}`, {
      cause: error,
    });
  if (transient.has(ofEvent?.Code ?? '')) return { kind: 'transient' };
  const taken = takes.find((_, index) => ofClaims[index]?.Code === failed);
  if (taken) return { kind: 'uniqueTaken', attribute: taken.attribute };
  const notHeld = releases.filter((_, index) => ofClaims[takes.length + index]?.Code === failed);
  if (notHeld.length > 0) return { notHeld };
  if (ofClaims.some(({ Code }) => transient.has(Code ?? ''))) return { kind: 'transient' };
  throw error;
};

const tooManyConflicts = ({ aggregate, aggregateId, version }: DomainEvent): Error =>
  new Error(
    `Version ${version} of ${aggregate} ${aggregateId} could not be appended: the store was in conflict at every try`,
  );
