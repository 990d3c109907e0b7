import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, expect, it, vi } from 'vitest';
import { createDocumentClient } from '../../../functions/runtime/clients/dynamodb.ts';
import { itemIn } from '../../../functions/runtime/clients/numbers.ts';
import { createSqsClient } from '../../../functions/runtime/clients/sqs.ts';

const cleanUp: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const each of cleanUp.splice(0)) await each();
});

/** A service that says nothing to its first caller. */
const silentAtFirst = async (answer: RequestListener): Promise<() => number> => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    if (requests > 1) answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(
    () => {
      server.closeAllConnections();
    },
    () => new Promise((resolve) => server.close(() => resolve())),
  );
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SQS: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  }))
    vi.stubEnv(name, value);
  return () => requests;
};

it('a call of DynamoDB that hangs is given up and made again', async () => {
  const requests = await silentAtFirst((_, response) =>
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"Item":{"id":{"S":"there"}}}'),
  );
  const client = createDocumentClient();
  cleanUp.push(() => client.destroy());
  expect((await client.send(new GetCommand({ TableName: 'table', Key: { id: 'there' } }))).Item).toEqual({
    id: 'there',
  });
  expect(requests()).toBe(2);
  // What an error brings is read in the form of DynamoDB's own interface, whatever the client has read before.
  expect(itemIn({ id: { S: 'there' }, version: { N: '2' } })).toEqual({ id: 'there', version: 2 });
});

it('a call of SQS that hangs is given up and made again', async () => {
  const requests = await silentAtFirst((_, response) =>
    response
      .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
      .end('{"MessageId":"there","MD5OfMessageBody":"841a2d689ad86bd1611447453c22c6fc"}'),
  );
  const client = createSqsClient();
  cleanUp.push(() => client.destroy());
  expect(
    (await client.send(new SendMessageCommand({ QueueUrl: 'https://sqs/1/queue', MessageBody: 'body' }))).MessageId,
  ).toBe('there');
  expect(requests()).toBe(2);
});
