import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sqsRedelivery } from '../../../functions/ports/redelivery/sqs.ts';
import { startSqsServer } from '../../support/engines/sqsServer.ts';

let engine: Awaited<ReturnType<typeof startSqsServer>>;
const urls = new Map<string, string>();
let client: SQSClient;
beforeAll(async () => {
  engine = await startSqsServer();
  client = engine.clientWith();
  // The engine knows its queues by their URLs here, AWS by the paths in them.
  client.middlewareStack.add(
    (next) => (args) => {
      const input = args.input as { QueueUrl?: string };
      const url = urls.get(input.QueueUrl?.split('/').at(-1) ?? '') ?? input.QueueUrl;
      return next({ ...args, input: { ...input, QueueUrl: url } as typeof args.input });
    },
    { step: 'initialize' },
  );
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

const queueOf = async (QueueName: string) => {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: '600' } }),
  );
  urls.set(QueueName, QueueUrl ?? '');
  return {
    queueArn: `arn:aws:sqs:us-east-1:000000000000:${QueueName}`,
    send: (MessageBody: string) => client.send(new SendMessageCommand({ QueueUrl, MessageBody })),
    receive: async (WaitTimeSeconds = 0) =>
      (await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds }))).Messages ??
      [],
  };
};

it('brings each message back in its own time, over several queues and more than one call takes', async () => {
  const [one, other] = [await queueOf('one'), await queueOf('other')];
  const redelivery = sqsRedelivery(client);
  for (let n = 0; n < 12; n += 1) await one.send(`one ${n}`);
  await other.send('later');
  const taken = [...(await one.receive()), ...(await one.receive())];
  const [later] = await other.receive();
  expect(taken).toHaveLength(12);
  await redelivery.postpone([
    ...taken.map(({ ReceiptHandle = '' }) => ({ queueArn: one.queueArn, receiptHandle: ReceiptHandle, seconds: 0 })),
    { queueArn: other.queueArn, receiptHandle: later?.ReceiptHandle ?? '', seconds: 2 },
  ]);
  expect([...(await one.receive()), ...(await one.receive())]).toHaveLength(12);
  expect(await other.receive()).toEqual([]);
  expect(await other.receive(4)).toMatchObject([{ Body: 'later' }]);
});

it('leaves to its queue what it cannot set', async () => {
  const receiptHandle = 'not one';
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:missing';
  await expect(sqsRedelivery(client).postpone([{ queueArn, receiptHandle, seconds: 1 }])).resolves.toBeUndefined();
});
