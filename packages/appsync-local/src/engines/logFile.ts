import type { EngineClient } from './engineClient.ts';
import type { KeyDefinition } from './tables.ts';
import type { TableModel } from '../model.ts';

/** Nobody's key; no item has to have it. */
const nobodys: Record<string, object> = { S: { S: '-' }, N: { N: '0' }, B: { B: 'AA==' } };

/**
 * Lets the log of the tables' file end. SQLite writes its log back into the file as far as nobody still reads from
 * before, and the engine's connection for transactions reads from where it was at its last one. While long nobody makes
 * any, as in a rebuild, the log would grow without end, and the next start would have to read all of it: so this is a
 * transaction that writes nothing.
 */
export async function endLog(client: EngineClient, { name, createTable }: TableModel): Promise<void> {
  const { KeySchema, AttributeDefinitions } = createTable as unknown as KeyDefinition;
  const typeOf = (attribute: string) =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === attribute)?.AttributeType ?? 'S';
  const [first] = KeySchema;
  const ConditionCheck = {
    TableName: name,
    Key: Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, nobodys[typeOf(AttributeName)]])),
    ConditionExpression: 'attribute_exists(#key) OR attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': first?.AttributeName },
  };
  await client.call('TransactWriteItems', { TransactItems: [{ ConditionCheck }] });
}
