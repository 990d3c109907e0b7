import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { engineRegion, newAccessKey, openDatabase, type DynamoDatabase } from './database.ts';
import { prepareDatabaseFile } from './databaseFile.ts';
import { EngineClient } from './engineClient.ts';
import { startGuarded, type GuardedProcess } from './guardedProcess.ts';
import { dynamoDbLocalDir, explainFailure, javaCommand, loopbackDir } from './java.ts';

export { openDatabase, type DynamoDatabase } from './database.ts';

const startTimeoutMs = 60_000;
const neverAborted = new Promise<never>(() => undefined);
/** More at once only wait for each other in the engine's files, some until they give up. */
const mostCallsOnDisk = 16;
/** An engine that ends this often within a minute is not started again. */
const mostRestarts = 3;

export interface DynamoDbOptions {
  /** Where the engine keeps its tables; in memory alone if left out. */
  dir?: string;
  /** Hears that the engine has ended and is started again (kept tables only), and that it is back. */
  onOutage?: (words: string) => void;
}

/** A running DynamoDB Local. Each database of it is known by a random access key id, and to nobody without that key. */
export interface DynamoDbEngine {
  endpoint: string;
  /** @param accessKeyId of a database of an earlier run; a new one if left out */
  newDatabase(accessKeyId?: string): DynamoDatabase;
  /** Why nothing can be stored just now; undefined if it can. */
  outage(): string | undefined;
  /** Ends the engine's process at once, as if it had crashed. */
  crash(): void;
  /** Resolves, saying why, if the engine ends without being stopped and cannot be started again. */
  failed: Promise<Error>;
  stop(): Promise<void>;
}

/**
 * Starts DynamoDB Local on a free port; with DYNAMODB_LOCAL_ENDPOINT set, uses the engine that runs there.
 * Takes about a second.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<DynamoDbEngine> {
  const external = process.env['DYNAMODB_LOCAL_ENDPOINT'];
  if (external !== undefined && external !== '') return await externalEngine(external);
  // Another program may take the free port before the engine does.
  for (let attempt = 1; ; attempt++) {
    try {
      return await SpawnedEngine.start(options);
    } catch (error) {
      if (attempt === 3 || !(error instanceof Error) || !/Address already in use|BindException/.test(error.message))
        throw error;
    }
  }
}

async function externalEngine(endpoint: string): Promise<DynamoDbEngine> {
  if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== 'http:')
    throw new Error(`DYNAMODB_LOCAL_ENDPOINT: ${endpoint} is not an address like http://127.0.0.1:8000`);
  if (!(await answers(endpoint))) throw new Error(`DYNAMODB_LOCAL_ENDPOINT: no DynamoDB Local answers at ${endpoint}`);
  return {
    endpoint,
    newDatabase: (accessKeyId) => openDatabase(endpoint, accessKeyId),
    outage: () => undefined,
    crash: () => undefined,
    failed: neverAborted,
    stop: async () => undefined,
  };
}

/** An engine that is a process of ours. With its tables on disk, it is started again when it ends. */
class SpawnedEngine implements DynamoDbEngine {
  readonly endpoint: string;
  readonly failed: Promise<Error>;
  #process: GuardedProcess;
  #outage: string | undefined;
  #stopping = false;
  #fail: (error: Error) => void = () => undefined;
  readonly #ends: number[] = [];

  static async start(options: DynamoDbOptions): Promise<SpawnedEngine> {
    if (options.dir !== undefined) mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    const engine = new SpawnedEngine(await freePort(), options);
    await engine.#untilItAnswers();
    engine.#watch();
    return engine;
  }

  private constructor(
    readonly port: number,
    readonly options: DynamoDbOptions,
  ) {
    this.endpoint = `http://127.0.0.1:${port}`;
    this.failed = new Promise((resolve) => (this.#fail = resolve));
    this.#process = this.#spawn();
  }

  newDatabase(accessKeyId = newAccessKey()): DynamoDatabase {
    const { dir } = this.options;
    if (dir === undefined) return openDatabase(this.endpoint, accessKeyId);
    prepareDatabaseFile(dir, accessKeyId);
    return openDatabase(this.endpoint, accessKeyId, mostCallsOnDisk);
  }

  outage(): string | undefined {
    return this.#outage;
  }

  crash(): void {
    void this.#process.stop();
  }

  stop(): Promise<void> {
    this.#stopping = true;
    return this.#process.stop();
  }

  #spawn(): GuardedProcess {
    const jar = dynamoDbLocalDir();
    const { dir } = this.options;
    return startGuarded(javaCommand(), [
      '-Xmx256m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Djava.library.path=${join(jar, 'DynamoDBLocal_lib')}`,
      '-cp',
      [loopbackDir, join(jar, 'DynamoDBLocal.jar')].join(delimiter),
      'Loopback',
      ...(dir === undefined ? ['-inMemory'] : ['-dbPath', dir]),
      '-disableTelemetry',
      '-port',
      String(this.port),
    ]);
  }

  async #untilItAnswers(): Promise<void> {
    const { exited, output, stop } = this.#process;
    let exitCode: number | undefined;
    void exited.then((code) => (exitCode = code));
    const deadline = Date.now() + startTimeoutMs;
    while (!(await answers(this.endpoint))) {
      if (exitCode !== undefined) throw explainFailure(exitCode, output());
      if (Date.now() > deadline) {
        await stop();
        throw new Error(`DynamoDB Local did not answer within ${startTimeoutMs / 1000} s: ${output()}`);
      }
      await delay(15);
    }
  }

  #watch(): void {
    const { exited, output } = this.#process;
    void exited.then(async (code) => {
      if (this.#stopping) return;
      const why = explainFailure(code, output());
      if (this.options.dir === undefined || !this.#mayTryAgain()) return this.#fail(why);
      this.#outage = `DynamoDB Local has ended (exit code ${code}) and is started again; what was stored is kept`;
      this.options.onOutage?.(this.#outage);
      try {
        this.#process = this.#spawn();
        if (this.#stopping) return void this.#process.stop();
        await this.#untilItAnswers();
      } catch (error) {
        return this.#fail(error as Error);
      }
      this.#outage = undefined;
      this.options.onOutage?.('DynamoDB Local is back');
      this.#watch();
    });
  }

  #mayTryAgain(): boolean {
    this.#ends.push(Date.now());
    return this.#ends.filter((at) => at > Date.now() - 60_000).length <= mostRestarts;
  }
}

async function answers(endpoint: string): Promise<boolean> {
  const client = new EngineClient(endpoint, 'probe', engineRegion);
  try {
    const { body } = await client.send('DynamoDB_20120810.ListTables', '{}', { timeoutMs: 5_000 });
    return body.includes('TableNames');
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
