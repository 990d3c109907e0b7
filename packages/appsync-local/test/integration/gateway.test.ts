import { request as httpRequest } from 'node:http';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueArn, role, startGateway, statement, table, tableArn } from './gatewayFixture.ts';
import type { GatewayCall } from '../../src/gateway/hooks.ts';

const writer = role('writer', [
  statement(['dynamodb:PutItem', 'dynamodb:ConditionCheckItem', 'dynamodb:BatchWriteItem'], [tableArn('things')]),
  statement(['dynamodb:Query'], [tableArn('things')]),
  statement(['sqs:SendMessage'], [queueArn('jobs')]),
]);
const reader = role('reader', [
  statement(
    ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    [tableArn('things'), `${tableArn('things')}/index/*`],
  ),
  statement(['dynamodb:GetItem'], [tableArn('things')], {
    effect: 'Deny',
    conditions: { StringEquals: { 'dynamodb:LeadingKeys': ['secret'] } },
  }),
  statement(
    ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    [`${tableArn('things')}/stream/*`],
  ),
  statement(['dynamodb:ListStreams'], ['*']),
  statement(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueUrl'], [queueArn('jobs')]),
]);
const nobody = role('nobody', []);

let stack: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  const sender = statement(['sqs:SendMessage'], [queueArn('open')], { principals: [nobody.arn] });
  const closed = statement(['sqs:*'], [queueArn('closed')], { effect: 'Deny', principals: ['*'] });
  stack = await startGateway({
    tables: [table('things', { stream: true }), table('others')],
    queues: [{ name: 'jobs' }, { name: 'open', policy: [sender] }, { name: 'closed', policy: [closed] }],
    roles: [writer, reader, nobody],
  });
});
afterAll(() => stack?.stop());

const put = (TableName: string, id: string, more = {}) =>
  new PutItemCommand({ TableName, Item: { id: { S: id }, ...more } });
const get = (TableName: string, id: string) => new GetItemCommand({ TableName, Key: { id: { S: id } } });

describe('DynamoDB through the gateway', () => {
  it('lets a role do what its statements allow and nothing else', async () => {
    const { dynamodb } = stack.clients(writer);
    await dynamodb.send(put('things', 'a'));
    await expect(dynamodb.send(put('others', 'a'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
      message:
        `User: ${writer.arn} is not authorized to perform: dynamodb:PutItem on resource: ${tableArn('others')} ` +
        'because no identity-based policy allows the dynamodb:PutItem action',
    });
    await expect(dynamodb.send(get('things', 'a'))).rejects.toThrow('dynamodb:GetItem');
    const { Item } = await stack.clients(reader).dynamodb.send(get('things', 'a'));
    expect(Item).toEqual({ id: { S: 'a' } });
  });

  it('checks every item of a transaction by its own action and stores nothing if one is denied', async () => {
    const { dynamodb } = stack.clients(writer);
    const Put = { TableName: 'things', Item: { id: { S: 'tx' } } };
    await dynamodb.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put },
          {
            ConditionCheck: {
              TableName: 'things',
              Key: { id: { S: 'a' } },
              ConditionExpression: 'attribute_exists(id)',
            },
          },
        ],
      }),
    );
    const denied = new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { ...Put, Item: { id: { S: 'tx2' } } } },
        { Delete: { TableName: 'things', Key: { id: { S: 'a' } } } },
      ],
    });
    await expect(dynamodb.send(denied)).rejects.toThrow('dynamodb:DeleteItem');
    const { dynamodb: administrator } = stack.clients('administrator');
    expect((await administrator.send(get('things', 'tx2'))).Item).toBeUndefined();
    const read = new TransactGetItemsCommand({
      TransactItems: [{ Get: { TableName: 'things', Key: { id: { S: 'tx' } } } }],
    });
    expect((await stack.clients(reader).dynamodb.send(read)).Responses).toHaveLength(1);
    await expect(dynamodb.send(read)).rejects.toThrow('dynamodb:GetItem');
  });

  it('refuses a transaction that names an item twice, as DynamoDB does and the engine does not', async () => {
    const { dynamodb } = stack.clients(writer);
    const action = (id: string) => ({ Put: { TableName: 'things', Item: { id: { S: id } } } });
    const twice = [
      action('twice'),
      action('other'),
      {
        ConditionCheck: {
          TableName: 'things',
          Key: { id: { S: 'twice' } },
          ConditionExpression: 'attribute_exists(id)',
        },
      },
    ];
    await expect(dynamodb.send(new TransactWriteItemsCommand({ TransactItems: twice }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('multiple operations on one item'),
    });
    expect((await stack.clients('administrator').dynamodb.send(get('things', 'other'))).Item).toBeUndefined();
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [action('once'), action('only')] }));
  });

  it('passes cancellation reasons with old items through', async () => {
    const { dynamodb } = stack.clients(writer);
    const Put = {
      TableName: 'things',
      Item: { id: { S: 'a' } },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    await expect(dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }))).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'ConditionalCheckFailed', Item: { id: { S: 'a' } } }],
    });
  });

  it('checks every table of a batch, and an index apart from its table', async () => {
    const batch = (TableName: string) =>
      new BatchWriteItemCommand({
        RequestItems: { [TableName]: [{ PutRequest: { Item: { id: { S: 'b' }, owner: { S: 'me' } } } }] },
      });
    await stack.clients(writer).dynamodb.send(batch('things'));
    await expect(stack.clients(writer).dynamodb.send(batch('others'))).rejects.toThrow('dynamodb:BatchWriteItem');
    const both = new BatchGetItemCommand({
      RequestItems: { things: { Keys: [{ id: { S: 'b' } }] }, others: { Keys: [{ id: { S: 'b' } }] } },
    });
    await expect(stack.clients(reader).dynamodb.send(both)).rejects.toThrow(tableArn('others'));

    const byOwner = new QueryCommand({
      TableName: 'things',
      IndexName: 'byOwner',
      KeyConditionExpression: '#o = :me',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':me': { S: 'me' } },
    });
    expect((await stack.clients(reader).dynamodb.send(byOwner)).Items).toHaveLength(1);
    await expect(stack.clients(writer).dynamodb.send(byOwner)).rejects.toThrow(`${tableArn('things')}/index/byOwner`);
  });

  it('evaluates a condition on the leading key', async () => {
    await expect(stack.clients(reader).dynamodb.send(get('things', 'secret'))).rejects.toThrow('explicit deny');
  });

  it('knows who calls: unknown keys and wrong secrets are refused as AWS refuses them', async () => {
    const { accessKeyId } = stack.iam.credentialsFor(writer.arn);
    const forged = stack.clients({ accessKeyId, secretAccessKey: 'wrong' });
    await expect(forged.dynamodb.send(put('things', 'x'))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    const stranger = stack.clients({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'wrong' });
    await expect(stranger.dynamodb.send(put('things', 'x'))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(stranger.sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it("gives the access key `local` everything, with the template's ARNs", async () => {
    const { dynamodb } = stack.clients('administrator');
    expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual(['others', 'things']);
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'things' }));
    expect(Table).toMatchObject({
      TableArn: tableArn('things'),
      LatestStreamArn: `${tableArn('things')}/stream/local`,
    });
  });
});

describe('DynamoDB Streams through the gateway', () => {
  it("serves the stream under the template's ARN, from the application's first record on", async () => {
    // DynamoDB Local's streams write empty maps in a way of its own.
    const more = {
      empty: { M: {} },
      nested: { M: { list: { L: [{ M: {} }, { L: [] }, { S: '' }] }, map: { M: {} } } },
    };
    await stack.clients('administrator').dynamodb.send(put('things', 'streamed', more));
    const { streams } = stack.clients(reader);
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName: 'things' }));
    const StreamArn = `${tableArn('things')}/stream/local`;
    expect(Streams?.map((one) => one.StreamArn)).toEqual([StreamArn]);
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    expect(StreamDescription?.StreamArn).toBe(StreamArn);
    const { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({
        StreamArn,
        ShardId: StreamDescription?.Shards?.[0]?.ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const first = await streams.send(new GetRecordsCommand({ ShardIterator, Limit: 1 }));
    expect(first.Records?.map((record) => [record.dynamodb?.Keys?.['id']?.S, record.awsRegion])).toEqual([
      ['a', 'us-east-1'],
    ]);
    const rest = await streams.send(new GetRecordsCommand({ ShardIterator: first.NextShardIterator }));
    expect(rest.Records?.at(-1)?.dynamodb).toMatchObject({
      Keys: { id: { S: 'streamed' } },
      NewImage: { id: { S: 'streamed' }, ...more },
    });
    await expect(stack.clients(writer).streams.send(new GetRecordsCommand({ ShardIterator }))).rejects.toThrow(
      'dynamodb:GetRecords',
    );
  });
});

describe('SQS through the gateway', () => {
  it("sends, long-polls and deletes under the gateway's own queue URLs", async () => {
    const { QueueUrl } = await stack.clients(reader).sqs.send(new GetQueueUrlCommand({ QueueName: 'jobs' }));
    expect(QueueUrl).toBe(stack.queueUrl('jobs'));
    const receiving = stack.clients(reader).sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    await stack.clients(writer).sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const { Messages } = await receiving;
    expect(Messages?.map((message) => message.Body)).toEqual(['hello']);
    await stack
      .clients(reader)
      .sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
  });

  it("takes AWS's own queue URLs for the same queues", async () => {
    const QueueUrl = 'https://sqs.us-east-1.amazonaws.com/000000000000/jobs';
    const sent = await stack
      .clients(writer)
      .sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'batched' }] }));
    expect(sent.Successful).toHaveLength(1);
    const { Messages } = await stack.clients(reader).sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages?.[0]?.Body).toBe('batched');
  });

  it('refuses a call without the grant, batches included, and honours queue policies', async () => {
    const QueueUrl = stack.queueUrl('jobs');
    const batch = new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'x' }] });
    await expect(stack.clients(reader).sqs.send(batch)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('sqs:SendMessage on resource'),
    });
    await stack
      .clients(nobody)
      .sqs.send(new SendMessageCommand({ QueueUrl: stack.queueUrl('open'), MessageBody: 'x' }));
    await expect(
      stack.clients(nobody).sqs.send(new SendMessageCommand({ QueueUrl: stack.queueUrl('closed'), MessageBody: 'x' })),
    ).rejects.toThrow('explicit deny');
  });

  it('loses no message to a receiver that hung up', async () => {
    const QueueUrl = stack.queueUrl('open');
    const { sqs } = stack.clients('administrator');
    while ((await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 60 }))).Messages) {
      /* what other tests left */
    }
    const hangUp = new AbortController();
    let seen = () => undefined as void;
    const polling = new Promise<void>((resolve) => (seen = resolve));
    const forget = stack.gateway.onCall((call) => (call.operation === 'ReceiveMessage' ? seen() : undefined));
    const aborted = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: hangUp.signal,
    });
    await polling;
    forget();
    hangUp.abort();
    await expect(aborted).rejects.toThrow();
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    expect(Messages?.[0]?.Body).toBe('kept');
  });
});

describe('hooks', () => {
  it('see who calls what, before and after, and may fail, delay or cut a call', async () => {
    const seen: GatewayCall[] = [];
    const { dynamodb } = stack.clients(writer, 'worker-7');
    let action: 'watch' | 'fail' | 'drop' = 'watch';
    const forget = stack.gateway.onCall((call) => {
      seen.push(call);
      if (call.phase === 'after') return action === 'drop' ? { dropConnection: true } : undefined;
      return action === 'fail'
        ? { fail: { status: 400, type: 'ThrottlingException', message: 'Slow down.' } }
        : { delayMs: 1 };
    });
    await dynamodb.send(put('things', 'hooked'));
    expect(
      seen.map(({ phase, caller, workerId, operation, response }) => [
        phase,
        caller,
        workerId,
        operation,
        response?.status,
      ]),
    ).toEqual([
      ['before', 'writer', 'worker-7', 'PutItem', undefined],
      ['after', 'writer', 'worker-7', 'PutItem', 200],
    ]);
    expect(seen[0]?.input).toMatchObject({ TableName: 'things' });

    action = 'fail';
    await expect(dynamodb.send(put('things', 'never'))).rejects.toMatchObject({ name: 'ThrottlingException' });
    action = 'drop';
    await expect(dynamodb.send(put('things', 'unheard'))).rejects.toThrow();
    forget();
    const { dynamodb: administrator } = stack.clients('administrator');
    expect((await administrator.send(get('things', 'never'))).Item).toBeUndefined();
    expect((await administrator.send(get('things', 'unheard'))).Item).toBeDefined();
  });
});

describe('strangers', () => {
  const post = (headers: Record<string, string>, body = '{}') =>
    new Promise<{ status?: number; text: string }>((resolve, reject) => {
      const { port } = new URL(stack.url);
      const outgoing = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk)).on('end', () => resolve({ status: response.statusCode, text }));
      });
      outgoing.on('error', reject).end(body);
    });
  const target = {
    'x-amz-target': 'DynamoDB_20120810.ListTables',
    authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request',
  };

  it('are refused: foreign host names, no credentials, other protocols, broken bodies', async () => {
    expect(await post({ ...target, host: 'evil.example' })).toMatchObject({ status: 403 });
    expect((await post({ 'x-amz-target': target['x-amz-target'] })).text).toContain(
      'MissingAuthenticationTokenException',
    );
    expect((await post({ authorization: target.authorization })).text).toContain('X-Amz-Target');
    expect((await post(target, '[1')).text).toContain('SerializationException');
    expect(await post(target)).toMatchObject({ status: 200 });
  });
});

it('tells of each write to a table that has a stream, and of nothing else', async () => {
  const { dynamodb } = stack.clients('administrator');
  let heard = 0;
  stack.gateway.onStreamedWrite(() => (heard += 1));
  const Item = { id: { S: 'told' } };
  const writes = (TableName: string) => [
    new PutItemCommand({ TableName, Item }),
    new UpdateItemCommand({ TableName, Key: Item }),
    new DeleteItemCommand({ TableName, Key: Item }),
    new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item } }] } }),
    new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item } }] }),
  ];
  for (const [n, write] of writes('things').entries()) {
    await dynamodb.send(write as PutItemCommand);
    expect(heard, write.constructor.name).toBe(n + 1);
  }
  heard = 0;
  for (const write of writes('others')) await dynamodb.send(write as PutItemCommand);
  const ConditionExpression = 'attribute_exists(id)';
  await dynamodb.send(
    new TransactWriteItemsCommand({
      TransactItems: [{ ConditionCheck: { TableName: 'things', Key: Item, ConditionExpression } }],
    }),
  );
  await dynamodb.send(get('things', 'told'));
  const refused = new PutItemCommand({ TableName: 'things', Item, ConditionExpression: 'attribute_not_exists(id)' });
  await expect(dynamodb.send(refused)).rejects.toThrow('conditional request failed');
  expect(heard).toBe(0);
});

describe('a part of the stack that acts as a role', () => {
  const target = (operation: string) => `DynamoDB_20120810.${operation}`;
  const thing = { TableName: 'things', Item: { id: { S: 'part' } } };
  const key = { TableName: 'things', Key: { id: { S: 'part' } } };

  it('may do what the role may, without a socket and without a signature', async () => {
    const calls = stack.roleCalls(writer.arn);
    await calls.call(target('PutItem'), thing);
    const { Item } = await stack.roleCalls(reader.arn).call<{ Item: object }>(target('GetItem'), key);
    expect(Item).toEqual({ id: { S: 'part' } });
    const overHttp = await stack
      .clients(writer)
      .dynamodb.send(put('others', 'a'))
      .catch((error: Error) => error);
    const within = await calls
      .call(target('PutItem'), { ...thing, TableName: 'others', Item: { id: { S: 'a' } } })
      .catch((error: Error) => error);
    expect(within).toMatchObject({ name: 'AccessDeniedException', status: 400 });
    expect(within).toHaveProperty('message', (overHttp as Error).message);
    const poll = calls.call('AmazonSQS.ReceiveMessage', { QueueUrl: stack.queueUrl('jobs') });
    await expect(poll).rejects.toMatchObject({ name: 'AccessDeniedException', status: 403 });
  });

  it('is nobody where the role is none of the stack', () => {
    expect(() => stack.roleCalls('arn:aws:iam::000000000000:role/stranger')).toThrow('is not a role of this stack');
  });

  it('is seen by hooks', async () => {
    const seen: string[] = [];
    const off = stack.gateway.onCall(
      ({ phase, caller, operation }) => void seen.push(`${phase} ${caller} ${operation}`),
    );
    await stack.roleCalls(reader.arn).call(target('GetItem'), key);
    off();
    expect(seen).toEqual([`before ${reader.name} GetItem`, `after ${reader.name} GetItem`]);
  });

  const wrong = [
    { fail: { status: 500, type: 'InternalServerError', message: 'so' } },
    { dropConnection: true as const },
    { fail: { status: 400, type: 'ProvisionedThroughputExceededException', message: 'so' } },
  ];
  const refusal = { fail: { status: 400, type: 'ValidationException', message: 'so' } };

  /** Asks while the calls are answered so. @returns how often it called, and what came of it */
  const asked = async (...answers: (typeof wrong)[number][]) => {
    let times = 0;
    const off = stack.gateway.onCall(({ phase }) => (phase === 'before' ? answers[times++] : undefined));
    const outcome = await stack
      .roleCalls(reader.arn)
      .call<{ Item: object }>(target('GetItem'), key)
      .catch((error: unknown) => error);
    off();
    return { times, outcome };
  };

  it.each(wrong)('tries again after %j, as clients of AWS do', async (answer) =>
    expect(await asked(answer)).toEqual({ times: 2, outcome: { Item: { id: { S: 'part' } } } }),
  );

  it('gives up after three tries, and at once after what lasts', async () => {
    const [unwell, cut] = wrong as [(typeof wrong)[0], (typeof wrong)[0]];
    expect(await asked(cut, cut, unwell)).toMatchObject({ times: 3, outcome: { name: 'InternalServerError' } });
    expect(await asked(unwell, unwell, cut)).toMatchObject({ times: 3, outcome: { code: 'ECONNRESET' } });
    expect(await asked(refusal)).toMatchObject({ times: 1, outcome: { name: 'ValidationException', message: 'so' } });
  });

  it('ends a poll that it gives up, which then takes nothing', async () => {
    const calls = stack.roleCalls(reader.arn);
    const QueueUrl = stack.queueUrl('jobs');
    const givenUp = new AbortController();
    const poll = calls.call('AmazonSQS.ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }, givenUp.signal);
    setTimeout(() => givenUp.abort(), 50);
    expect(await poll).toEqual({});
    await stack.clients(writer).sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'for the next' }));
    const received = await calls.call<{ Messages: object[] }>('AmazonSQS.ReceiveMessage', {
      QueueUrl,
      WaitTimeSeconds: 5,
    });
    expect(received.Messages).toMatchObject([{ Body: 'for the next' }]);
  });
});
