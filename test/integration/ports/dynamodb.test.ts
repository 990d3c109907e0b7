import { afterAll, beforeAll } from 'vitest';
import { dynamoDbEventStore } from '../../../functions/ports/eventStore/dynamodb.ts';
import { memoryEventStore } from '../../../functions/ports/eventStore/memory.ts';
import { dynamoDbOutcomes } from '../../../functions/ports/outcomes/dynamodb.ts';
import { memoryOutcomes } from '../../../functions/ports/outcomes/memory.ts';
import { dynamoDbViews } from '../../../functions/ports/views/dynamodb.ts';
import { memoryViews } from '../../../functions/ports/views/memory.ts';
import { eventStoreSuite } from '../../support/conformance/eventStore.ts';
import { outcomesSuite } from '../../support/conformance/outcomes.ts';
import { referencesSuite } from '../../support/conformance/references.ts';
import { viewsSuite } from '../../support/conformance/views.ts';
import { startTables, tableNames, type TestTables, viewTables } from '../../support/tables.ts';
import { engineBackend, memoryBackend } from '../../support/writePath.ts';

/** One suite per port, run against the twin in memory and the adapter on the real engine: what holds for one holds for the other. */
let tables: TestTables;
let otherTables: TestTables;
beforeAll(async () => {
  tables = await startTables();
  otherTables = await tables.another();
});
afterAll(() => tables.stop());

eventStoreSuite('in memory', () => memoryEventStore());
eventStoreSuite('on DynamoDB', () => dynamoDbEventStore(tables.client, tableNames));
outcomesSuite('in memory', () => memoryOutcomes());
outcomesSuite('on DynamoDB', () => dynamoDbOutcomes(tables.client, tableNames.commandOutcome));
viewsSuite('in memory', () => memoryViews());
viewsSuite('on DynamoDB', () => dynamoDbViews(tables.client, viewTables));
referencesSuite('in memory', () => memoryBackend());
referencesSuite('on DynamoDB', () => engineBackend(otherTables));
