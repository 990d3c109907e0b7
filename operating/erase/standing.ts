import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { aggregateNames, eventTypeOf, isPersonal } from '../../domain/operations.ts';
import { batchGet } from '../../functions/ports/dynamodb/batchGet.ts';
import { lifeIn } from '../../functions/ports/keys/keyring.ts';

export interface EraseTables {
  eventStore: string;
  subjectKey: string;
}

/** Data keys of persons that stand though the person was erased since: a backup from before has brought them back. */
export interface StandingKeys {
  subject: string;
  /** Names of the attributes that hold them. */
  names: string[];
}

/** Per stream of a person, the version of its last erasure. */
const lastErasures = async (client: DynamoDBDocumentClient, table: string): Promise<Map<string, number>> => {
  const last = new Map<string, number>();
  for (const type of aggregateNames.filter(isPersonal).map((name) => eventTypeOf(name, 'erase'))) {
    let from: Record<string, unknown> | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'byType',
          KeyConditionExpression: '#type = :type',
          ProjectionExpression: 'streamId, version',
          ExpressionAttributeNames: { '#type': 'type' },
          ExpressionAttributeValues: { ':type': type },
          ExclusiveStartKey: from,
        }),
      );
      for (const { streamId, version } of page.Items ?? [])
        last.set(String(streamId), Math.max(Number(version), last.get(String(streamId)) ?? 0));
      from = page.LastEvaluatedKey;
    } while (from);
  }
  return last;
};

/** The keys that an erasure destroyed and that stand again; those of a life begun since are none of them. */
export const standingKeys = async (client: DynamoDBDocumentClient, tables: EraseTables): Promise<StandingKeys[]> => {
  const erased = await lastErasures(client, tables.eventStore);
  const found: StandingKeys[] = [];
  const items = await batchGet(
    client,
    tables.subjectKey,
    [...erased.keys()].map((subject) => ({ subject })),
  );
  for (const item of items) {
    const subject = String(item['subject']);
    const names = Object.keys(item).filter((name) => (lifeIn(name) ?? Infinity) < erased.get(subject)!);
    if (names.length > 0) found.push({ subject, names });
  }
  return found;
};

/** Destroys them again; what is written meanwhile of a new life stays. */
export const destroyStanding = async (
  client: DynamoDBDocumentClient,
  { subjectKey }: EraseTables,
  { subject, names }: StandingKeys,
): Promise<void> => {
  const places = names.map((_, index) => `#n${index}`);
  await client.send(
    new UpdateCommand({
      TableName: subjectKey,
      Key: { subject },
      UpdateExpression: `REMOVE ${places.join(', ')}`,
      ConditionExpression: 'attribute_exists(subject)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
    }),
  );
};
