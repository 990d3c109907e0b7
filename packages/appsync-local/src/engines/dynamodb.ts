import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineClient } from './engineClient.ts';
import { startGuarded } from './guardedProcess.ts';
import { dynamoDbLocalDir, explainFailure, javaCommand } from './java.ts';
import { createTables, sweepExpired } from './tables.ts';
import type { EngineStream } from './tables.ts';
import type { TableModel } from '../model.ts';

const REGION = 'us-east-1';
const START_TIMEOUT_MS = 60_000;
const NEVER = new Promise<never>(() => undefined);

/** A running DynamoDB Local. Each database of it is known by a random access key id, and to nobody without that key. */
export interface DynamoDbEngine {
  endpoint: string;
  newDatabase(): DynamoDatabase;
  /** Resolves, saying why, if the engine ends without being stopped. */
  failed: Promise<Error>;
  stop(): Promise<void>;
}

/** One database of the engine: tables that no other database sees. */
export interface DynamoDatabase {
  /** For SDK clients that go to the engine directly. */
  clientConfig: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  client: EngineClient;
  createTables(tables: TableModel[]): Promise<EngineStream[]>;
  sweepExpired(tables: TableModel[], nowSeconds?: number): Promise<number>;
  close(): void;
}

/**
 * Starts DynamoDB Local on a free port, in memory; with DYNAMODB_LOCAL_ENDPOINT set, uses the engine that runs there.
 * Takes about a second.
 */
export async function startDynamoDb(): Promise<DynamoDbEngine> {
  const external = process.env['DYNAMODB_LOCAL_ENDPOINT'];
  if (external !== undefined && external !== '') {
    if (!(await answers(external)))
      throw new Error(`DYNAMODB_LOCAL_ENDPOINT: no DynamoDB Local answers at ${external}`);
    return {
      endpoint: external,
      newDatabase: () => openDatabase(external),
      failed: NEVER,
      stop: async () => undefined,
    };
  }
  // Another program may take the free port before the engine does.
  for (let attempt = 1; ; attempt++) {
    try {
      return await spawnEngine();
    } catch (error) {
      if (attempt === 3 || !(error instanceof Error) || !/Address already in use|BindException/.test(error.message))
        throw error;
    }
  }
}

async function spawnEngine(): Promise<DynamoDbEngine> {
  const dir = dynamoDbLocalDir();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const engine = startGuarded(javaCommand(), [
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Djava.library.path=${join(dir, 'DynamoDBLocal_lib')}`,
    '-jar',
    join(dir, 'DynamoDBLocal.jar'),
    '-inMemory',
    '-disableTelemetry',
    '-port',
    String(port),
  ]);
  let exitCode: number | undefined;
  void engine.exited.then((code) => (exitCode = code));
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(endpoint))) {
    if (exitCode !== undefined) throw explainFailure(exitCode, engine.output());
    if (Date.now() > deadline) {
      await engine.stop();
      throw new Error(`DynamoDB Local did not answer within ${START_TIMEOUT_MS / 1000} s: ${engine.output()}`);
    }
    await delay(15);
  }
  let stopping = false;
  const failed = engine.exited.then((code) => (stopping ? NEVER : explainFailure(code, engine.output())));
  return {
    endpoint,
    newDatabase: () => openDatabase(endpoint),
    failed,
    stop() {
      stopping = true;
      return engine.stop();
    },
  };
}

/** Opens a new, empty database of the engine at `endpoint`. */
export function openDatabase(endpoint: string): DynamoDatabase {
  const accessKeyId = `KEY${randomBytes(16).toString('hex').toUpperCase()}`;
  const client = new EngineClient(endpoint, accessKeyId, REGION);
  return {
    clientConfig: { endpoint, region: REGION, credentials: { accessKeyId, secretAccessKey: 'none' } },
    client,
    createTables: (tables) => createTables(client, tables),
    sweepExpired: (tables, nowSeconds) => sweepExpired(client, tables, nowSeconds),
    close: () => client.close(),
  };
}

async function answers(endpoint: string): Promise<boolean> {
  const client = new EngineClient(endpoint, 'probe', REGION);
  try {
    await client.send('DynamoDB_20120810.ListTables', '{}', { timeoutMs: 5_000 });
    return true;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
