import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { newKey } from '../../functions/ports/keys/cipher.ts';
import { storeKey } from '../../functions/ports/keys/dynamodb.ts';
import { type Keys, type NewDataKey, soundKey } from '../../functions/ports/keys/port.ts';
import { eventOf } from '../../functions/ports/eventStore/item.ts';
import { sealedLater } from '../../functions/ports/eventStore/sealing.ts';
import { actionOf } from '../../domain/operations.ts';

export interface SealTables {
  eventStore: string;
  subjectKey: string;
  uniqueValue: string;
}

type Item = Record<string, unknown>;

/** How often a stream is read again because something else was at it. */
const maximumTries = 5;

/**
 * Seals what a person's stream holds in clear, event by event: each is in clear or sealed, never half. Safe to repeat,
 * and beside commands and other runs.
 * @returns how many events it sealed
 */
export const sealStream = async (
  client: DynamoDBDocumentClient,
  tables: SealTables,
  keys: Keys,
  streamId: string,
): Promise<number> => {
  let sealed = 0;
  for (let tries = 1; ; tries += 1) {
    const items = await itemsOf(client, tables.eventStore, streamId);
    const left = clearOnes(items);
    if (left.length === 0) return sealed;
    if (tries > maximumTries) throw new Error(`${streamId} was changed by others at every try`);
    const known = new Map((await keys.of([streamId])).get(streamId));
    for (const { item, life, erased } of left) {
      // What is erased is sealed under a key that nobody keeps.
      const made = known.has(life) && !erased ? undefined : await keyFor(keys, streamId, life, erased);
      const key = soundKey(made?.key ?? known.get(life)!);
      const outcome = await store(client, tables, item, sealedLater(item, { life, key }), erased ? undefined : made);
      if (outcome === 'moved') break;
      sealed += 1;
      if (!erased) known.set(life, key);
    }
    keys.forget(streamId);
  }
};

const keyFor = async (keys: Keys, streamId: string, life: number, erased: boolean): Promise<NewDataKey> =>
  erased ? { life, key: newKey(), wrapped: '' } : keys.make(streamId, life);

const itemsOf = async (client: DynamoDBDocumentClient, table: string, streamId: string): Promise<Item[]> => {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'streamId = :streamId',
        ExpressionAttributeValues: { ':streamId': streamId },
        ExclusiveStartKey: from,
      }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
};

interface Clear {
  item: Item;
  /** The version of the event that began the life that it belongs to. */
  life: number;
  /** Whether its life has been erased since. */
  erased: boolean;
}

const clearOnes = (items: Item[]): Clear[] => {
  const actions = items.map(actionIn);
  const lastErasure = actions.lastIndexOf('erase');
  let life = 1;
  return items.flatMap((item, index) => {
    if (typeof item['life'] === 'number') life = item['life'];
    else if (actions[index] === 'create') life = Number(item['version']);
    const isClear = item['life'] === undefined && actions[index] !== 'erase';
    return isClear ? [{ item, life, erased: index < lastErasure }] : [];
  });
};

/** Undefined for what is no event that this version knows: that is sealed too. */
const actionIn = (item: Item): string | undefined => {
  try {
    return item['life'] === undefined ? actionOf(eventOf(item)) : actionOf(item as never);
  } catch {
    return undefined;
  }
};

/** In one transaction with the key, where it is a new one. */
const store = async (
  client: DynamoDBDocumentClient,
  tables: SealTables,
  { streamId, version }: Item,
  { payload, life, sealed }: Item,
  key: NewDataKey | undefined,
): Promise<'done' | 'moved'> => {
  const update = {
    TableName: tables.eventStore,
    Key: { streamId, version },
    UpdateExpression: `SET payload = :payload, #life = :life, sealedAt = :now${sealed === undefined ? '' : ', sealed = :sealed'}`,
    ConditionExpression: 'attribute_exists(streamId) AND attribute_not_exists(#life)',
    ExpressionAttributeNames: { '#life': 'life' },
    ExpressionAttributeValues: {
      ':payload': payload,
      ':life': life,
      ':now': new Date().toISOString(),
      ...(sealed !== undefined && { ':sealed': sealed }),
    },
  };
  try {
    if (key === undefined) await client.send(new UpdateCommand(update));
    else
      await client.send(
        new TransactWriteCommand({
          TransactItems: [{ Update: update }, storeKey(tables.subjectKey, String(streamId), key)],
        }),
      );
    return 'done';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'moved';
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict')) return 'moved';
    throw error;
  }
};
