import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { randomUUID } from 'node:crypto';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import type { DomainEvent } from '../../../domain/kernel/stream/event.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import type { Claim } from '../../../domain/kernel/stream/unique.ts';
import { actionOf, eventTypeOf, isPersonal } from '../../../domain/operations.ts';
import { itemIn } from '../../runtime/clients/numbers.ts';
import { again, conflictPolicy, retry } from '../../runtime/retry.ts';
import { storedClaims } from '../claims/stored.ts';
import { isKey } from '../dynamodb/key.ts';
import { destroyKeys, storeKey } from '../keys/dynamodb.ts';
import type { Keys } from '../keys/port.ts';
import { UnreadableEvent } from './item.ts';
import {
  type AppendResult,
  commandKeyOf,
  type EventReader,
  type EventStore,
  isOfCommand,
  type SealReader,
} from './port.ts';
import { eventsOf, readableEventsOf, type SealedEvent, sealedEvent } from './sealing.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Item } from '../dynamodb/item.ts';

/** Which items of a stream, and from which end. */
type Part = Pick<
  QueryCommandInput,
  'KeyConditionExpression' | 'ExpressionAttributeValues' | 'ScanIndexForward' | 'ConsistentRead'
>;
type RawItem = Parameters<typeof itemIn>[0];
type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export interface EventStoreTables {
  eventStore: string;
  uniqueValue: string;
  subjectKey: string;
}

/**
 * The streams of an event store on DynamoDB, for those who only read.
 * @param fresh not to rely on keys kept from before
 */
export const dynamoDbEventReader = (
  client: DynamoDBDocumentClient,
  table: string,
  keys: Keys,
  { fresh = false } = {},
): EventReader & SealReader => {
  /** Asked beside the stream; where that fails, it is asked again for what has been read. */
  const keysBeside = async (aggregate: AggregateName, aggregateId: string): Promise<void> => {
    if (isPersonal(aggregate) && !fresh) await keys.of([streamIdOf(aggregate, aggregateId)]).catch(() => undefined);
  };

  /** Items of a stream, at most `limit`, and no more read than those. */
  const read = async (aggregate: AggregateName, aggregateId: string, limit: number, query: Part): Promise<Item[]> => {
    // What is too long for a key has no stream.
    if (!isKey(streamIdOf(aggregate, aggregateId))) return [];
    const asked = keysBeside(aggregate, aggregateId);
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          ...query,
          ExpressionAttributeValues: {
            ':streamId': streamIdOf(aggregate, aggregateId),
            ...query.ExpressionAttributeValues,
          },
          ExclusiveStartKey: from,
          ...(Number.isFinite(limit) && { Limit: limit - items.length }),
        }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from && items.length < limit);
    await asked;
    return items;
  };

  const loadAfter = async (
    aggregate: AggregateName,
    aggregateId: string,
    version: number,
    limit = Infinity,
    consistency: Pick<Part, 'ConsistentRead'> = {},
  ): Promise<DomainEvent[]> => {
    const items = await read(aggregate, aggregateId, limit, {
      ...consistency,
      KeyConditionExpression: 'streamId = :streamId AND version > :version',
      ExpressionAttributeValues: { ':version': version },
    });
    return readableEventsOf(items, keys, fresh);
  };

  const loadLast = async (aggregate: AggregateName, aggregateId: string, limit: number): Promise<DomainEvent[]> => {
    const items = await read(aggregate, aggregateId, limit, {
      KeyConditionExpression: 'streamId = :streamId',
      ScanIndexForward: false,
    });
    return readableEventsOf(items.reverse(), keys, fresh);
  };

  return {
    load: (aggregate, aggregateId) => loadAfter(aggregate, aggregateId, 0),
    loadAfter: (aggregate, aggregateId, version, limit) => loadAfter(aggregate, aggregateId, version, limit),
    loadSettled: (...asked) => loadAfter(...asked, { ConsistentRead: false }),
    loadLast,
    async hasClear(aggregate, aggregateId) {
      let from: Item | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            ConsistentRead: true,
            KeyConditionExpression: 'streamId = :streamId',
            FilterExpression: 'attribute_not_exists(life) AND NOT #type = :erasure',
            ExpressionAttributeNames: { '#type': 'type' },
            ExpressionAttributeValues: {
              ':streamId': streamIdOf(aggregate, aggregateId),
              ':erasure': eventTypeOf(aggregate, 'erase'),
            },
            Select: 'COUNT',
            ExclusiveStartKey: from,
          }),
        );
        if (page.Count) return true;
        from = page.LastEvaluatedKey;
      } while (from);
      return false;
    },
  };
};

/** An append that is ready to be sent. */
interface Append {
  event: DomainEvent;
  /** The event as it is stored. */
  item: Item;
  takes: Claim[];
  releases: Claim[];
  /** What happens to the keys of its stream. */
  keys: TransactItem[];
}

/** What became of a transaction: a key that it would have stored may stand already. */
type Appended = AppendResult | { kind: 'keyStands' };

/**
 * The event store on DynamoDB. An append that changes no claims and no keys is one PutItem; one that does is one
 * transaction.
 */
export const dynamoDbEventStore = (
  client: DynamoDBDocumentClient,
  tables: EventStoreTables,
  keys: Keys,
): EventStore => {
  /**
   * Who took the version: this very event (an answer was lost), an earlier delivery of its command, or another command.
   */
  const metInstead = async (event: DomainEvent, item: RawItem | undefined): Promise<AppendResult> => {
    const [met] = item ? await eventsOf([itemIn(item)], keys) : [];
    if (met instanceof UnreadableEvent) throw met;
    if (met?.eventId === event.eventId) return { kind: 'appended' };
    return met && isOfCommand(event)(met) ? { kind: 'repeat', event: met } : { kind: 'versionTaken' };
  };

  const appendAlone = ({ event, item }: Append): Promise<Appended> =>
    retry(
      conflictPolicy,
      async () => {
        try {
          await client.send(new PutCommand(newVersion(tables.eventStore, item)));
          return { kind: 'appended' };
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return metInstead(event, error.Item);
          if (error instanceof TransactionConflictException) return again;
          throw error;
        }
      },
      () => tooManyConflicts(event),
    );

  const appendWithOthers = ({ event, item, takes, releases, keys: ofKeys }: Append): Promise<Appended> => {
    // One token for all tries: a try whose answer was lost is not taken for another's event.
    const token = randomUUID();
    let held = releases;
    return retry(
      conflictPolicy,
      async () => {
        try {
          await client.send(
            new TransactWriteCommand({
              ClientRequestToken: held === releases ? token : undefined,
              TransactItems: [
                { Put: newVersion(tables.eventStore, item) },
                ...takes.map((claim) => take(tables, event, claim)),
                ...held.map((claim) => release(tables, event, claim)),
                ...ofKeys,
              ],
            }),
          );
          return { kind: 'appended' };
        } catch (error) {
          if (!(error instanceof TransactionCanceledException)) throw error;
          const result = resultOf(error, event, takes, held);
          if ('met' in result) return metInstead(event, result.met);
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

  return {
    ...dynamoDbEventReader(client, tables.eventStore, keys),
    async versionOf({ aggregate, aggregateId, ...command }) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tables.eventStore,
          IndexName: 'byCommand',
          KeyConditionExpression: 'commandKey = :commandKey',
          ExpressionAttributeValues: { ':commandKey': commandKeyOf(command) },
        }),
      );
      const found = Items.find(({ streamId }) => streamId === streamIdOf(aggregate, aggregateId));
      return found && Number(found['version']);
    },
    async append(event, changes) {
      const subject = streamIdOf(event.aggregate, event.aggregateId);
      const takes = await storedClaims(changes.takes, keys);
      const releases = await storedClaims(changes.releases, keys);
      const appendSealed = async ({ item, newKey }: SealedEvent): Promise<Appended> => {
        const ofKeys = [
          ...(newKey ? [storeKey(tables.subjectKey, subject, newKey)] : []),
          ...(actionOf(event) === 'erase' ? [destroyKeys(tables.subjectKey, subject)] : []),
        ];
        const append: Append = { event, item, takes, releases, keys: ofKeys };
        const others = takes.length + releases.length + ofKeys.length;
        const result = await (others === 0 ? appendAlone(append) : appendWithOthers(append));
        if (ofKeys.length > 0) keys.forget(subject);
        return result;
      };
      const result = await appendSealed(await sealedEvent(event, keys));
      if (result.kind !== 'keyStands') return result;
      // The event that it was stored with is gone: this store was restored to a moment before it.
      const again = await appendSealed(await sealedEvent(event, keys, true));
      if (again.kind !== 'keyStands') return again;
      throw new Failure(`The key of life ${event.version} of ${subject} stands, and cannot be read`);
    },
  };
};

const newVersion = (table: string, item: Item) => ({
  TableName: table,
  Item: item,
  ConditionExpression: 'attribute_not_exists(streamId)',
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

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

const transient = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
const failed = 'ConditionalCheckFailed';

/** Reads the reasons of a cancelled transaction, which stand in the order of its items. The event's decides. */
const resultOf = (
  error: TransactionCanceledException,
  event: DomainEvent,
  takes: Claim[],
  releases: Claim[],
):
  | Extract<AppendResult, { kind: 'uniqueTaken' }>
  | { kind: 'transient' }
  | { kind: 'keyStands' }
  | { met: RawItem | undefined }
  | { notHeld: Claim[] } => {
  const reasons = error.CancellationReasons ?? [];
  const [ofEvent, ...ofClaims] = reasons;
  if (ofEvent?.Code === failed) return { met: ofEvent.Item };
  const unknown = reasons.find(
    ({ Code }) => Code !== undefined && Code !== 'None' && Code !== failed && !transient.has(Code),
  );
  if (unknown)
    throw new Failure(`The event store refused event ${event.eventId}: ${unknown.Code}`, {
      cause: error,
    });
  if (transient.has(ofEvent?.Code ?? '')) return { kind: 'transient' };
  const taken = takes.find((_, index) => ofClaims[index]?.Code === failed);
  if (taken) return { kind: 'uniqueTaken', attribute: taken.attribute };
  const notHeld = releases.filter((_, index) => ofClaims[takes.length + index]?.Code === failed);
  if (notHeld.length > 0) return { notHeld };
  if (ofClaims.some(({ Code }) => transient.has(Code ?? ''))) return { kind: 'transient' };
  // Of what stands behind the claims, a new key alone has a condition.
  if (ofClaims.slice(takes.length + releases.length).some(({ Code }) => Code === failed)) return { kind: 'keyStands' };
  throw error;
};

const tooManyConflicts = ({ aggregate, aggregateId, version }: DomainEvent): Error =>
  new Failure(
    `Version ${version} of ${aggregate} ${aggregateId} could not be appended: the store was in conflict at every try`,
  );
