import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { KMSClient } from '@aws-sdk/client-kms';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startDynamoDb } from '../../src/engines/dynamodb.ts';
import { KmsEngine } from '../../src/engines/kms/kms.ts';
import { SqsEngine } from '../../src/engines/sqs/engine.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import { inProcess } from '../../src/gateway/inProcess.ts';
import { StackIam } from '../../src/gateway/iam.ts';
import { openLoopbackServer } from '../../src/gateway/server.ts';
import type { AwsCredentials, KeyModel, PolicyStatement, QueueModel, RoleModel, TableModel } from '../../src/model.ts';

export const localRegion = 'us-east-1';
export const ACCOUNT = '000000000000';

export function statement(
  actions: string[],
  resources: string[],
  more: Partial<PolicyStatement> = {},
): PolicyStatement {
  return { source: 'Test[0]', effect: 'Allow', actions, resources, conditions: {}, ...more };
}

export function role(name: string, statements: PolicyStatement[]): RoleModel {
  return {
    logicalId: name,
    name,
    arn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
    trustedServices: ['lambda.amazonaws.com'],
    statements,
  };
}

export function tableArn(name: string): string {
  return `arn:aws:dynamodb:${localRegion}:${ACCOUNT}:table/${name}`;
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${localRegion}:${ACCOUNT}:${name}`;
}

/** A table with the string key `id`, an index `byOwner` and, if asked for, a stream. */
export function table(name: string, options: { stream?: boolean } = {}): TableModel {
  return {
    logicalId: name,
    name,
    arn: tableArn(name),
    ...(options.stream ? { streamArn: `${tableArn(name)}/stream/local` } : {}),
    createTable: {
      TableName: name,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: ['id', 'owner'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byOwner',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      ...(options.stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } } : {}),
    },
  };
}

/** Engines behind a gateway, for tables, queues and roles of the test's choice. */
export async function startGateway(o: {
  tables?: TableModel[];
  queues?: { name: string; attributes?: Record<string, string>; policy?: PolicyStatement[] }[];
  keys?: KeyModel[];
  roles: RoleModel[];
  measure?: 'INDEXES' | 'TOTAL';
}) {
  const [engine, front] = await Promise.all([startDynamoDb(), openLoopbackServer(0)]);
  const tables = o.tables ?? [];
  const queues: QueueModel[] = (o.queues ?? []).map(({ name, attributes = {}, policy = [] }) => ({
    logicalId: name,
    name,
    arn: queueArn(name),
    url: `${front.url}/${ACCOUNT}/${name}`,
    attributes,
    policy,
  }));
  const database = engine.newDatabase();
  const sqs = new SqsEngine({ url: front.url, region: localRegion, accountId: ACCOUNT });
  const keys = o.keys ?? [];
  const kms = new KmsEngine({ keys, accountId: ACCOUNT });
  const streams = await database.createTables(tables);
  await sqs.createQueues(queues);
  const iam = new StackIam({
    roles: o.roles,
    region: localRegion,
    accountId: ACCOUNT,
    seed: 'test',
    resourcePolicies: new Map([...queues, ...keys].map(({ arn, policy }) => [arn, policy])),
  });
  const gateway = new Gateway({
    url: front.url,
    region: localRegion,
    accountId: ACCOUNT,
    tables,
    queues,
    streams,
    iam,
    database,
    sqs,
    kms,
    measure: o.measure,
  });
  front.handleWith((request, response) => void gateway.handle(request, response));

  const address = { endpoint: front.url, region: localRegion, maxAttempts: 1 };
  const closers: (() => void)[] = [];
  /** SDK clients of a role, of the administrator, or with credentials of the test's choice. */
  const clients = (
    who: RoleModel | 'administrator' | { accessKeyId: string; secretAccessKey: string },
    workerId?: string,
  ) => {
    const own =
      who === 'administrator'
        ? { accessKeyId: 'local', secretAccessKey: 'anything' }
        : 'arn' in who
          ? iam.credentialsFor(who.arn)
          : who;
    const credentials =
      workerId === undefined
        ? own
        : { ...own, sessionToken: `${(own as { sessionToken?: string }).sessionToken}#${workerId}` };
    return made({ ...address, credentials });
  };
  const made = (config: typeof address & { credentials: AwsCredentials }) => {
    const its = {
      dynamodb: new DynamoDBClient(config),
      streams: new DynamoDBStreamsClient(config),
      sqs: new SQSClient(config),
      kms: new KMSClient(config),
    };
    closers.push(() => Object.values(its).forEach((client) => client.destroy()));
    return its;
  };
  return {
    gateway,
    iam,
    database,
    url: front.url,
    queueUrl: (name: string) => `${front.url}/${ACCOUNT}/${name}`,
    clients,
    /** The calls of a part of the stack that acts as a role. */
    roleCalls: (roleArn: string) => inProcess(gateway, roleArn),
    async stop() {
      closers.forEach((close) => close());
      await front.stop();
      await sqs.stop();
      database.close();
      await engine.stop();
    },
  };
}
