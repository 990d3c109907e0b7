import { DeleteCommand, GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { dynamoDbDirectory } from '../../../functions/ports/directory/dynamodb.ts';
import { memoryDirectory } from '../../../functions/ports/directory/memory.ts';
import { dynamoDbEventStore } from '../../../functions/ports/eventStore/dynamodb.ts';
import { memoryEventStore } from '../../../functions/ports/eventStore/memory.ts';
import { destroyKeys, dynamoDbKeys, storeKey } from '../../../functions/ports/keys/dynamodb.ts';
import { rootId } from '../../../functions/ports/keys/keyring.ts';
import { memoryKeys } from '../../../functions/ports/keys/memory.ts';
import { dynamoDbOutcomeReader, dynamoDbOutcomes } from '../../../functions/ports/outcomes/dynamodb.ts';
import { memoryOutcomes } from '../../../functions/ports/outcomes/memory.ts';
import { dynamoDbSnapshots } from '../../../functions/ports/snapshots/dynamodb.ts';
import { memorySnapshots } from '../../../functions/ports/snapshots/memory.ts';
import { dynamoDbReasons } from '../../../functions/ports/reasons/dynamodb.ts';
import { memoryReasons } from '../../../functions/ports/reasons/memory.ts';
import { dynamoDbViews } from '../../../functions/ports/views/dynamodb.ts';
import { memoryViews } from '../../../functions/ports/views/memory.ts';
import { directorySuite } from '../../support/conformance/directory.ts';
import { eventStoreSuite } from '../../support/conformance/eventStore.ts';
import { type KeyPlace, keysSuite } from '../../support/conformance/keys.ts';
import { outcomesSuite } from '../../support/conformance/outcomes.ts';
import { reasonsSuite } from '../../support/conformance/reasons.ts';
import { referencesSuite } from '../../support/conformance/references.ts';
import { snapshotsSuite } from '../../support/conformance/snapshots.ts';
import { viewsSuite } from '../../support/conformance/views.ts';
import { startTables, tableNames, type TestTables, viewTables } from '../../support/engines/tables.ts';
import { engineBackend, memoryBackend } from '../../support/models/writePath.ts';

/**
 * One suite per port, run against the twin in memory and the adapter on the real engine: what holds for one holds for
 * the other.
 */
let tables: TestTables;
let otherTables: TestTables;
let keyTables: TestTables;
beforeAll(async () => {
  tables = await startTables();
  otherTables = await tables.another();
  keyTables = await tables.another();
});
afterAll(() => tables.stop());

const keysOnDynamoDb = async (): Promise<KeyPlace> => {
  const { client } = keyTables;
  const table = tableNames.subjectKey;
  for (const purpose of ['branch', 'claim'] as const)
    await client.send(new DeleteCommand({ TableName: table, Key: { subject: rootId(purpose) } }));
  const transact = async (item: ReturnType<typeof storeKey>) => {
    await client.send(new TransactWriteCommand({ TransactItems: [item] }));
  };
  return {
    keys: (service, now) => dynamoDbKeys(client, table, service, now),
    store: (subject, key) => transact(storeKey(table, subject, key)),
    destroy: (subject) => transact(destroyKeys(table, subject)),
  };
};

// In memory: test/unit/functions/sealing/keys.test.ts.
keysSuite('on DynamoDB', keysOnDynamoDb);
eventStoreSuite(
  'in memory',
  () => memoryEventStore(),
  async ({ items }, streamId, version) => {
    items.splice(
      items.findIndex((item) => item['streamId'] === streamId && item['version'] === version),
      1,
    );
  },
);
eventStoreSuite(
  'on DynamoDB',
  () => dynamoDbEventStore(tables.client, tableNames, tables.keys),
  async (_, streamId, version) => {
    await tables.client.send(new DeleteCommand({ TableName: tableNames.eventStore, Key: { streamId, version } }));
  },
);
snapshotsSuite('in memory', () => {
  const eventStore = memoryEventStore();
  const items = new Map<string, Map<string, Record<string, unknown>>>();
  return {
    eventStore,
    snapshots: memorySnapshots(eventStore.keys, items),
    anew: () => memorySnapshots(memoryKeys(eventStore.keys.table, eventStore.keys.service), items),
    item: async (streamId, pointKey) => items.get(streamId)?.get(pointKey),
    put: async (item) => void items.get(String(item['streamId']))?.set(String(item['pointKey']), item),
  };
});
snapshotsSuite('on DynamoDB', () => {
  const { client } = tables;
  const TableName = tableNames.snapshot;
  return {
    eventStore: dynamoDbEventStore(client, tableNames, tables.keys),
    snapshots: dynamoDbSnapshots(client, TableName, tables.keys),
    anew: () => dynamoDbSnapshots(client, TableName, tables.newKeys()),
    item: async (streamId, pointKey) =>
      (await client.send(new GetCommand({ TableName, Key: { streamId, pointKey }, ConsistentRead: true }))).Item,
    put: async (Item) => {
      await client.send(new PutCommand({ TableName, Item }));
    },
  };
});
reasonsSuite('in memory', () => memoryReasons());
reasonsSuite('on DynamoDB', () => dynamoDbReasons(tables.client, tableNames.deadLetter));
outcomesSuite('in memory', () => memoryOutcomes());
outcomesSuite('on DynamoDB', () => ({
  ...dynamoDbOutcomes(tables.client, tableNames.commandOutcome),
  ...dynamoDbOutcomeReader(tables.client, tableNames.commandOutcome),
}));
viewsSuite('in memory', () => memoryViews());
viewsSuite('on DynamoDB', () => dynamoDbViews(tables.client, viewTables));
directorySuite('in memory', () => memoryDirectory());
directorySuite('on DynamoDB', () => dynamoDbDirectory(tables.client, tableNames.directory));
referencesSuite('in memory', () => memoryBackend());
referencesSuite('on DynamoDB', () => engineBackend(otherTables));
