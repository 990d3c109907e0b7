import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll } from 'vitest';
import { memoryQueues } from '../../../functions/ports/queues/memory.ts';
import { sqsQueues } from '../../../functions/ports/queues/sqs.ts';
import { queuesSuite } from '../../support/conformance/queues.ts';
import { startSqsServer } from '../../support/engines/sqsServer.ts';

const names: [string, string] = ['oneQueue', 'otherQueue'];
let engine: Awaited<ReturnType<typeof startSqsServer>>;
let client: SQSClient;
let prefix: string;

beforeAll(async () => {
  engine = await startSqsServer();
  client = engine.clientWith();
  for (const name of names) {
    const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: `Test-${name}` }));
    prefix = QueueUrl.slice(0, -name.length);
  }
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

const receiveAll = async (name: string): Promise<string[]> => {
  const bodies: string[] = [];
  for (;;) {
    const QueueUrl = prefix + name;
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body }) => Body ?? ''));
    await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: `m${index}`, ReceiptHandle })),
      }),
    );
  }
};

queuesSuite('in memory', () => {
  const queues = memoryQueues(names);
  return {
    queues,
    names,
    drain: async (name) => {
      const bodies = queues.sent.get(name) ?? [];
      queues.sent.delete(name);
      return bodies;
    },
  };
});
queuesSuite('on SQS', () => ({ queues: sqsQueues(client, prefix), names, drain: receiveAll }));
