import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDynamoDb } from '../../src/engines/dynamodb.ts';
import { startSqs } from '../../src/engines/sqs.ts';
import { ACCOUNT, queueArn, REGION, table } from './gatewayFixture.ts';
import type { DynamoDbEngine } from '../../src/engines/dynamodb.ts';

let engine: DynamoDbEngine;

beforeAll(async () => {
  engine = await startDynamoDb();
});
afterAll(() => engine?.stop());

describe('DynamoDB Local', () => {
  it("keeps databases apart: none sees another's tables", async () => {
    const [one, other] = [engine.newDatabase(), engine.newDatabase()];
    await one.createTables([table('things')]);
    expect(await one.client.call('ListTables', {})).toEqual({ TableNames: ['things'] });
    expect(await other.client.call('ListTables', {})).toEqual({ TableNames: [] });
    one.close();
    other.close();
  });

  it('deletes all that has expired, page by page, and nothing else', async () => {
    const database = engine.newDatabase();
    const tables = [{ ...table('things'), ttlAttribute: 'expiresAt' }, table('others')];
    await database.createTables(tables);
    // More than a page of a scan holds (1 MB).
    const padding = { S: 'x'.repeat(40_000) };
    const put = (TableName: string, id: string, expiresAt?: number) =>
      database.client.call('PutItem', {
        TableName,
        Item: { id: { S: id }, padding, ...(expiresAt === undefined ? {} : { expiresAt: { N: String(expiresAt) } }) },
      });
    for (let index = 0; index < 60; index++) await put('things', `old-${index}`, 1_000);
    await put('things', 'later', 3_000);
    await put('things', 'never');
    await put('others', 'no-ttl', 1_000);
    expect(await database.sweepExpired(tables, 2_000)).toBe(60);
    const { Items } = await database.client.call<{ Items: { id: { S: string } }[] }>('Scan', {
      TableName: 'things',
      ProjectionExpression: 'id',
    });
    expect(Items.map(({ id }) => id.S).sort()).toEqual(['later', 'never']);
    expect(await database.client.call('Scan', { TableName: 'others', Select: 'COUNT' })).toMatchObject({ Count: 1 });
    database.close();
  });

  it('is taken from DYNAMODB_LOCAL_ENDPOINT where one runs already', async () => {
    const before = process.env['DYNAMODB_LOCAL_ENDPOINT'];
    try {
      process.env['DYNAMODB_LOCAL_ENDPOINT'] = engine.endpoint;
      const external = await startDynamoDb();
      await external.stop();
      const database = external.newDatabase();
      await database.createTables([table('things')]);
      expect(await database.client.call('ListTables', {})).toEqual({ TableNames: ['things'] });
      database.close();
      process.env['DYNAMODB_LOCAL_ENDPOINT'] = 'http://127.0.0.1:1';
      await expect(startDynamoDb()).rejects.toThrow(
        'DYNAMODB_LOCAL_ENDPOINT: no DynamoDB Local answers at http://127.0.0.1:1',
      );
    } finally {
      if (before === undefined) delete process.env['DYNAMODB_LOCAL_ENDPOINT'];
      else process.env['DYNAMODB_LOCAL_ENDPOINT'] = before;
    }
  });
});

describe('the queue engine', () => {
  it("has the template's attributes, moves what fails too often, and answers pending polls when it stops", async () => {
    const sqs = startSqs(REGION, ACCOUNT);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 1 });
    const queue = (name: string, attributes: Record<string, string>) => ({
      logicalId: name,
      name,
      arn: queueArn(name),
      url: '',
      attributes,
      policy: [],
    });
    await sqs.createQueues([queue('jobs', { VisibilityTimeout: '90', RedrivePolicy }), queue('dead', {})], {
      visibilityTimeoutSeconds: 0,
    });
    const call = async (operation: string, name: string, input = {}) =>
      JSON.parse((await sqs.call(operation, { QueueUrl: sqs.queueUrl(name), ...input })).body);

    expect((await call('GetQueueAttributes', 'jobs', { AttributeNames: ['VisibilityTimeout'] })).Attributes).toEqual({
      VisibilityTimeout: '0',
    });
    await call('SendMessage', 'jobs', { MessageBody: 'bad' });
    expect((await call('ReceiveMessage', 'jobs')).Messages).toHaveLength(1);
    expect((await call('ReceiveMessage', 'jobs')).Messages).toBeUndefined();
    expect((await call('ReceiveMessage', 'dead')).Messages).toMatchObject([{ Body: 'bad' }]);

    const polling = call('ReceiveMessage', 'jobs', { WaitTimeSeconds: 20 });
    // Once this later call is answered, the poll is under way.
    await call('GetQueueAttributes', 'jobs', { AttributeNames: ['QueueArn'] });
    await sqs.stop();
    expect(await polling).toEqual({});
  });

  it('takes every character that SQS takes, gives it back as it was, with the checksums that clients check, and refuses what SQS refuses', async () => {
    const sqs = startSqs(REGION, ACCOUNT);
    await sqs.createQueues([
      { logicalId: 'jobs', name: 'jobs', arn: queueArn('jobs'), url: '', attributes: {}, policy: [] },
    ]);
    const call = async (operation: string, input = {}) =>
      JSON.parse((await sqs.call(operation, { QueueUrl: sqs.queueUrl('jobs'), ...input })).body);
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const bodies = [
      'plain',
      '{"name":"\u{1F600} \u{10FFFF}\u{10000}"}',
      '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}',
      '\ue000',
      '\ue000\u0100\u0100\ue000\ue000',
      '\ue000\u{1F600}\ue000',
      '\t\n\r \ud7ff\uf8ff\ufffd',
      'e\u0301',
    ];

    const { Successful } = await call('SendMessageBatch', {
      Entries: bodies.map((MessageBody, index) => ({ Id: `${index}`, MessageBody })),
    });
    expect(Successful.map(({ MD5OfMessageBody }: { MD5OfMessageBody: string }) => MD5OfMessageBody)).toEqual(
      bodies.map(md5),
    );
    expect((await call('SendMessage', { MessageBody: bodies[1] })).MD5OfMessageBody).toBe(md5(bodies[1]!));
    const { Messages } = await call('ReceiveMessage', { MaxNumberOfMessages: 10 });
    expect(Messages.map(({ Body }: { Body: string }) => Body)).toEqual([...bodies, bodies[1]]);
    for (const { Body, MD5OfBody } of Messages) expect(MD5OfBody).toBe(md5(Body));

    const refused = ['\ud83d', '\ude00\ud83d', 'a\ufffe', '\uffff\u{1F600}', '\u0001'];
    const { Failed } = await call('SendMessageBatch', {
      Entries: [...refused, 'fine'].map((MessageBody, index) => ({ Id: `${index}`, MessageBody })),
    });
    expect(Failed).toEqual(
      refused.map((_, index) =>
        expect.objectContaining({ Id: `${index}`, SenderFault: true, Code: 'InvalidMessageContents' }),
      ),
    );
    await sqs.stop();
  });
});
