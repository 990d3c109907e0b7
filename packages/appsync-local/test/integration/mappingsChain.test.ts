import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { GatewayCall } from '../../src/gateway/hooks.ts';
import type { Mappings } from '../../src/lambda/mapping/mappings.ts';
import type { QueueModel, TableModel } from '../../src/model.ts';
import { functionFrom } from './lambdaFixtures.ts';
import { ownRole, sqsMapping, startEngines, streamMapping, Subject, type Engines } from './mappingsFixture.ts';

let engines: Engines;
let subject: Subject;
let removeHook: () => void = () => undefined;

beforeAll(async () => {
  engines = await startEngines({ tables: 8 });
});
afterAll(() => engines.stop());
beforeEach(() => {
  subject = new Subject(engines);
});
afterEach(async () => {
  removeHook();
  await subject.stop();
});

const sdk = (name: string): string =>
  `createRequire(${JSON.stringify(import.meta.url)})(${JSON.stringify(`@aws-sdk/client-${name}`)})`;

/** Queue → writer → table → stream → sender → queue: each with the real SDK, the gateway between. */
async function startChain(): Promise<{ source: QueueModel; target: QueueModel; table: TableModel; running: Mappings }> {
  const [source, target, table] = [
    await engines.nextQueue({ VisibilityTimeout: '2' }),
    await engines.nextQueue(),
    engines.nextTable(),
  ];
  const settings = { roleArn: ownRole.arn, timeoutSeconds: 2 };
  const writer = functionFrom(
    `
    import { createRequire } from 'node:module';
    const { DynamoDBClient, PutItemCommand } = ${sdk('dynamodb')};
    const client = new DynamoDBClient();
    export const handler = async ({ Records }) => {
      for (const { body } of Records) await client.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: body }, sk: { S: '1' } } }));
    };`,
    { ...settings, name: 'writer', environment: { TABLE: table.name } },
  );
  const sender = functionFrom(
    `
    import { createRequire } from 'node:module';
    const { SQSClient, SendMessageCommand } = ${sdk('sqs')};
    const client = new SQSClient();
    export const handler = async ({ Records }) => {
      for (const { dynamodb } of Records) await client.send(new SendMessageCommand({ QueueUrl: process.env.TARGET, MessageBody: dynamodb.Keys.pk.S }));
    };`,
    { ...settings, name: 'sender', environment: { TARGET: target.url } },
  );
  const mappings = [
    sqsMapping(writer, source),
    streamMapping(sender, table.streamArn ?? '', { bisectOnError: false, maximumRetryAttempts: -1 }),
  ];
  return { source, target, table, running: await subject.start([writer, sender], [source], mappings) };
}

/** Kills the sandbox that makes the first call of that operation, in that phase. */
function killAt(operation: string, phase: GatewayCall['phase']): void {
  removeHook = engines.gateway.onCall((call) => {
    if (call.operation !== operation || call.phase !== phase || call.workerId === undefined) return undefined;
    removeHook();
    subject.runtime?.killWorker(call.workerId);
    return { dropConnection: true };
  });
}

test('idle means that everything has gone through the whole chain', async () => {
  const { source, target, running } = await startChain();
  const bodies = Array.from({ length: 9 }, (_, index) => `message ${index}`);
  await engines.send(source, bodies);
  await running.idle();
  expect((await engines.bodies(target)).sort()).toEqual(bodies);
});

test.each<[string, GatewayCall['phase']]>([
  ['PutItem', 'before'],
  ['PutItem', 'after'],
  ['SendMessage', 'before'],
  ['SendMessage', 'after'],
])('a sandbox killed at %s, %s the engine, loses nothing', async (operation, phase) => {
  const { source, target, table, running } = await startChain();
  killAt(operation, phase);
  await engines.send(source, ['one', 'two', 'three']);
  await running.idle();
  const { Items = [] } = await engines.dynamodb.send(new ScanCommand({ TableName: table.name }));
  expect(Items.map(({ pk }) => pk?.S).sort()).toEqual(['one', 'three', 'two']);
  expect(new Set(await engines.bodies(target))).toEqual(new Set(['one', 'two', 'three']));
});

test('the gateway knows which sandbox calls, and the mappings by their function’s role', async () => {
  const callers = new Set<string>();
  removeHook = engines.gateway.onCall(({ operation, caller, workerId }) => {
    callers.add(`${operation} ${caller} ${workerId ?? '-'}`);
  });
  const { source, running } = await startChain();
  await engines.send(source, ['one']);
  await running.idle();
  expect([...callers]).toEqual(
    expect.arrayContaining([
      'ReceiveMessage FunctionRole -',
      'PutItem FunctionRole writer-1',
      'DeleteMessageBatch FunctionRole -',
      'GetRecords FunctionRole -',
      'SendMessage FunctionRole sender-1',
    ]),
  );
});
