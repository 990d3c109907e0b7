import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startMappings, type Mappings, type MappingsOptions } from '../../src/lambda/mapping/mappings.ts';
import { startLambdaRuntime, type LambdaRuntime } from '../../src/lambda/runtime.ts';
import type {
  FunctionModel,
  MappingModel,
  QueueModel,
  RoleModel,
  SqsMappingModel,
  StackModel,
  StreamMappingModel,
  TableModel,
} from '../../src/model.ts';
import { ACCOUNT, queueArn, localRegion, role, startGateway, statement, tableArn } from './gatewayFixture.ts';
import { functionFrom, temporaryFolder } from './lambdaFixtures.ts';

const everything = statement(['*'], ['*']);
export const ownRole = role('FunctionRole', [everything]);

/** A role that may do everything but the one action. */
export function roleWithout(action: string): RoleModel {
  return role(`Without${action.replace(/\W/g, '')}`, [everything, statement([action], ['*'], { effect: 'Deny' })]);
}

/** Tables with the string keys `pk` and `sk` and a stream of both images: one for each test that wants one. */
function streamTable(name: string): TableModel {
  return {
    logicalId: name,
    name,
    arn: tableArn(name),
    streamArn: `${tableArn(name)}/stream/local`,
    createTable: {
      TableName: name,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
  };
}

export type Engines = Awaited<ReturnType<typeof startEngines>>;

/** The real engines behind the real gateway. */
export async function startEngines(options: { tables?: number; roles?: RoleModel[] } = {}) {
  const tables = Array.from({ length: options.tables ?? 0 }, (_, index) => streamTable(`table${index}`));
  const fixture = await startGateway({ tables, roles: [ownRole, ...(options.roles ?? [])] });
  const { sqs, dynamodb } = fixture.clients('administrator');
  let queues = 0;
  return {
    ...fixture,
    roles: [ownRole, ...(options.roles ?? [])],
    dynamodb,
    sqs,
    /** A table that no test has used. */
    nextTable(): TableModel & { streamArn: string } {
      const table = tables.shift();
      if (table?.streamArn === undefined) throw new Error('ask for more tables');
      return { ...table, streamArn: table.streamArn };
    },
    async nextQueue(attributes: Record<string, string> = {}): Promise<QueueModel> {
      queues += 1;
      const name = `queue${queues}`;
      const all = { VisibilityTimeout: '1', ...attributes };
      await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: all }));
      return { logicalId: name, name, arn: queueArn(name), url: fixture.queueUrl(name), attributes: all, policy: [] };
    },
    async send({ url }: QueueModel, bodies: string[]): Promise<void> {
      for (let from = 0; from < bodies.length; from += 10) {
        const Entries = bodies.slice(from, from + 10).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      }
    },
    /** Bodies of what can be received at once, which stays in flight. */
    async bodies({ url }: QueueModel): Promise<string[]> {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
      return Messages.map(({ Body }) => Body ?? '');
    },
    async counts({ url }: QueueModel): Promise<{ visible: number; inFlight: number }> {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
      );
      return {
        visible: Number(Attributes['ApproximateNumberOfMessages']),
        inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible']),
      };
    },
    /** Fails the next call of that operation with an error of that name; tells whether that has happened. */
    failNext(operation: string, type: string): () => boolean {
      let done = false;
      const remove = fixture.gateway.onCall((call) => {
        if (done || call.phase !== 'before' || call.operation !== operation) return undefined;
        done = true;
        remove();
        return { fail: { status: 400, type, message: 'on demand' } };
      });
      return () => done;
    },
  };
}

/** Functions and mappings of one test, on top of the engines. */
export class Subject {
  /** What the test's functions note, a line of JSON each. */
  readonly notes = join(temporaryFolder(), 'notes');
  runtime: LambdaRuntime | undefined;
  mappings: Mappings | undefined;
  accountConcurrency: number | undefined;

  constructor(private readonly engines: Engines) {}

  /**
   * A function whose handler runs the statements; `Records`, `note`, `nameOf`, `sleep` and `existsSync` are at hand.
   */
  consumer(statements: string, settings: Partial<FunctionModel> = {}): FunctionModel {
    return functionFrom(
      `
      import { appendFileSync, existsSync } from 'node:fs';
      const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const note = (value) => appendFileSync(process.env.NOTES, JSON.stringify(value) + '\\n');
      const nameOf = ({ dynamodb: { Keys } }) => Keys.pk.S + '/' + Keys.sk.S;
      export const handler = async ({ Records }) => { ${statements} };`,
      { timeoutSeconds: 1, roleArn: ownRole.arn, environment: { NOTES: this.notes }, ...settings },
    );
  }

  noted<T = string[]>(): T[] {
    if (!existsSync(this.notes)) return [];
    // The last line may be half there, or not at all.
    const lines = readFileSync(this.notes, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as T);
  }

  /** A file that functions may wait for: its path, and how to make it. */
  gate(): { path: string; open: () => void } {
    const path = `${this.notes}-gate`;
    return { path, open: () => appendFileSync(path, '') };
  }

  async start(
    functions: FunctionModel[],
    queues: QueueModel[],
    mappings: MappingModel[],
    options: Partial<MappingsOptions> = {},
  ): Promise<Mappings> {
    const { iam, url: endpoint, roles, roleCalls } = this.engines;
    const common = { iam, endpoint, region: localRegion };
    this.runtime ??= await startLambdaRuntime({
      ...common,
      functions,
      roles,
      accountId: ACCOUNT,
      logDir: temporaryFolder(),
      concurrencyPerFunction: 4,
      ...(this.accountConcurrency === undefined ? {} : { accountConcurrency: this.accountConcurrency }),
    });
    const model: StackModel = {
      stackName: 'Test',
      region: localRegion,
      accountId: ACCOUNT,
      partition: 'aws',
      roles,
      tables: [],
      keys: [],
      queues,
      functions,
      mappings,
      outputs: {},
      api: undefined as unknown as StackModel['api'],
    };
    this.mappings = await startMappings({ ...common, gateway: roleCalls, model, invoker: this.runtime, ...options });
    return this.mappings;
  }

  async stop(): Promise<void> {
    await this.mappings?.stop();
    await this.runtime?.stop();
  }
}

export function sqsMapping(
  fn: FunctionModel,
  queue: QueueModel,
  settings: Partial<SqsMappingModel> = {},
): SqsMappingModel {
  return {
    kind: 'sqs',
    logicalId: `${queue.name}Mapping`,
    functionArn: fn.arn,
    queueArn: queue.arn,
    batchSize: 10,
    windowSeconds: 0,
    reportBatchItemFailures: true,
    enabled: true,
    ...settings,
  };
}

export function streamMapping(
  fn: FunctionModel,
  streamArn: string,
  settings: Partial<StreamMappingModel> = {},
): StreamMappingModel {
  return {
    kind: 'dynamodb',
    logicalId: 'streamMapping',
    functionArn: fn.arn,
    streamArn,
    startingPosition: 'TRIM_HORIZON',
    batchSize: 100,
    windowSeconds: 0,
    parallelizationFactor: 1,
    bisectOnError: true,
    maximumRetryAttempts: 3,
    maximumRecordAgeSeconds: -1,
    reportBatchItemFailures: true,
    filters: [],
    enabled: true,
    ...settings,
  };
}
