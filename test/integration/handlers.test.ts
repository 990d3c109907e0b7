import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateQueueCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBBatchResponse, SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleFunctions, type FunctionBundles } from '../../infra/compute/functionBundles.ts';
import { startKmsServer } from '../support/engines/kmsServer.ts';
import { type CommandMessage, createRole, signUp, updateUser } from '../support/clients/commands.ts';
import { type PublishServer, startPublishServer } from '../support/engines/publishServer.ts';
import { startSqsServer } from '../support/engines/sqsServer.ts';
import { startTables, tableNames, type TestTables, viewTables } from '../support/engines/tables.ts';
import { engineBackend, streamRecord } from '../support/models/writePath.ts';

type Handler<Answer> = (event: { Records: object[] }, context?: object) => Promise<Answer>;

const queueNames = ['executeSignUpQueue', 'executeUpdateUserQueue', 'executeCreateRoleQueue', 'mediatorFailureQueue'];
let bundles: FunctionBundles;
let tables: TestTables;
let api: PublishServer;
let kms: Awaited<ReturnType<typeof startKmsServer>>;
let queueEngine: Awaited<ReturnType<typeof startSqsServer>>;
let queueUrlPrefix = '';
let sqs: SQSClient;

/** The functions as they are deployed: bundled, with nothing but their environment. */
beforeAll(async () => {
  [bundles, tables, api, kms, queueEngine] = await Promise.all([
    bundleFunctions(),
    startTables(),
    startPublishServer(),
    startKmsServer(),
    startSqsServer(),
  ]);
  const endpoint = queueEngine.url;
  const { accessKeyId } = tables.config.credentials;
  // The API checks signatures, the engines only look at the key.
  const { secretAccessKey } = await api.identity.credentials();
  sqs = queueEngine.clientWith({ accessKeyId, secretAccessKey });
  for (const name of queueNames) {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `Test-${name}` }));
    queueUrlPrefix = QueueUrl.slice(0, -name.length);
  }
  for (const [name, value] of Object.entries({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: tables.config.endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_ENDPOINT_URL_KMS: kms.url,
    EVENT_STORE_TABLE: tableNames.eventStore,
    UNIQUE_VALUE_TABLE: tableNames.uniqueValue,
    COMMAND_OUTCOME_TABLE: tableNames.commandOutcome,
    RECOVERY_TABLE: tableNames.recovery,
    SUBJECT_KEY_TABLE: tableNames.subjectKey,
    SNAPSHOT_TABLE: tableNames.snapshot,
    DEAD_LETTER_TABLE: tableNames.deadLetter,
    DIRECTORY_TABLE: tableNames.directory,
    KMS_KEY_ID: kms.keyId,
    USER_TABLE: viewTables.user,
    ROLE_TABLE: viewTables.role,
    AUTHORIZATION_TABLE: viewTables.authorization,
    GROUP_TABLE: viewTables.group,
    GRAPHQL_URL: api.url,
    EMAIL: 'form',
    QUEUE_URL_PREFIX: queueUrlPrefix,
    POWERTOOLS_SERVICE_NAME: 'test',
    POWERTOOLS_METRICS_NAMESPACE: 'Test',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  }))
    vi.stubEnv(name, value);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  sqs.destroy();
  await Promise.all([tables.stop(), api.stop(), kms.stop(), queueEngine.stop(), bundles.remove()]);
});

const handlerOf =
  <Answer>(name: string): Handler<Answer> =>
  async (event) => {
    const { handler } = (await import(
      /* @vite-ignore */ pathToFileURL(join(bundles.directory, name, 'index.mjs')).href
    )) as { handler: Handler<Answer> };
    return handler(event, { getRemainingTimeInMillis: () => 10_000 });
  };

const sqsEvent = (bodies: string[]) => ({
  Records: bodies.map((body) => ({
    messageId: randomUUID(),
    body,
    receiptHandle: 'r',
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:Test-createUserQueue',
  })),
});
const bodiesOf = (...commands: CommandMessage[]) => commands.map((command) => JSON.stringify(command));

const receive = async (name: string): Promise<string[]> => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrlPrefix + name, MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ Body }) => Body ?? '');
};

describe('the functions as bundled', () => {
  it('take a command from its queue to its view and its sender, through every engine', async () => {
    const command = handlerOf<SQSBatchResponse>('command');
    const mediator = handlerOf<DynamoDBBatchResponse>('mediator');
    const execute = handlerOf<SQSBatchResponse>('execute');
    const backend = engineBackend(tables);
    const [ada, eve, role] = [
      signUp('ada', 'ada@example.com'),
      signUp('eve', 'ADA@example.com'),
      createRole('reader \u{1F600}'),
    ];

    const batch = sqsEvent([
      ...bodiesOf(ada),
      'not JSON',
      ...bodiesOf(role, updateUser('ada', { firstName: 'Augusta' })),
    ]);
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await command(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: batch.Records[1]!.messageId }] });
    expect(written.mock.calls.join('\n')).toContain('"error":{"name":"UnreadableMessage"');
    written.mockRestore();
    expect(await command(sqsEvent(bodiesOf(eve)))).toEqual({ batchItemFailures: [] });
    expect(api.heard).toMatchObject([{ __typename: 'CommandOutcome', status: 'REJECTED', code: 'EMAIL_TAKEN' }]);

    const records = [
      ...(await backend.items()).map((item) => streamRecord(item)),
      streamRecord({ streamId: 'no event', version: 0 }),
    ];
    expect(await mediator({ Records: records })).toEqual({ batchItemFailures: [] });
    expect((await receive('mediatorFailureQueue')).map((body) => JSON.parse(body))).toMatchObject([
      { sequenceNumber: records.at(-1)!.dynamodb?.SequenceNumber, keys: { streamId: { S: 'no event' } } },
    ]);

    const messages = (await Promise.all(queueNames.map(receive))).flat();
    expect(messages).toHaveLength(3);
    expect(await execute(sqsEvent(messages))).toEqual({ batchItemFailures: [] });
    expect(await backend.views.get({ aggregate: 'user', id: 'ada' })).toMatchObject({
      version: 2,
      firstName: 'Augusta',
      emailKey: 'ada@example.com',
    });
    expect(await backend.views.get({ aggregate: 'role', id: role.aggregateId })).toMatchObject({
      version: 1,
      name: 'reader \u{1F600}',
    });
    expect(
      api.heard
        .filter(({ __typename, status }) => __typename === 'CommandOutcome' && status === 'APPLIED')
        .map(({ commandId }) => commandId),
    ).toEqual(expect.arrayContaining([ada.commandId, role.commandId]));
    expect(api.heard.filter(({ __typename }) => __typename === 'ProjectionUpdate')).toHaveLength(3);

    // A repeat comes round again by the execution queue.
    expect(await command(sqsEvent(bodiesOf(ada)))).toEqual({ batchItemFailures: [] });
    const repeats = await receive('executeSignUpQueue');
    expect(repeats).toHaveLength(1);
    expect(await execute(sqsEvent(repeats))).toEqual({ batchItemFailures: [] });
    expect(await backend.items()).toHaveLength(3);
  });

  it.each(['command', 'mediator', 'execute'])(
    'refuse to start without their environment, and say what is missing: %s',
    async (name) => {
      vi.stubEnv('QUEUE_URL_PREFIX', '').stubEnv('GRAPHQL_URL', '');
      const again = `${pathToFileURL(join(bundles.directory, name, 'index.mjs')).href}?again`;
      await expect(import(/* @vite-ignore */ again)).rejects.toThrow(
        /Environment variable missing: .*(GRAPHQL_URL|QUEUE_URL_PREFIX)/,
      );
    },
  );
});
