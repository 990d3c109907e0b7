import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeadLetters } from '../../../functions/ports/deadLetters/port.ts';
import { sqsDeadLetters } from '../../../functions/ports/deadLetters/sqs.ts';
import { eventually } from '../../support/clients/client.ts';
import { startSqsServer } from '../../support/engines/sqsServer.ts';

let engine: Awaited<ReturnType<typeof startSqsServer>>;
let client: SQSClient;
let deadLetters: DeadLetters;
beforeAll(async () => {
  engine = await startSqsServer();
  client = engine.clientWith();
  deadLetters = sqsDeadLetters(client, `${engine.url}/000000000000/`);
});
afterAll(async () => {
  client.destroy();
  await engine.stop();
});

/**
 * A queue with its dead-letter queue, in which lie so many messages; SQS lets them be received for ten minutes by one
 * alone.
 */
const queuesWith = async (name: string, letters: number): Promise<string> => {
  const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
    (await client.send(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: '600', ...Attributes } })))
      .QueueUrl!;
  const QueueUrl = await create(`${name}Dlq`);
  const deadLetterTargetArn = `arn:aws:sqs:us-east-1:000000000000:${name}Dlq`;
  const url = await create(name, { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }) });
  for (let n = 0; n < letters; n += 1)
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: `message ${n}` }));
  return url;
};
const receive = async (QueueUrl: string): Promise<string[]> => {
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => Body);
};

it('shows more than one look does, as often as it is asked, and hides nothing from anybody', async () => {
  await queuesWith('many', 23);
  for (const receives of [1, 2]) {
    const found = await deadLetters.sample('manyDlq', 100);
    expect(new Set(found.map(({ body }) => body)).size).toBe(23);
    expect(found[0]!.receives).toBeGreaterThanOrEqual(receives);
    expect(Math.abs(found[0]!.sentAt - Date.now())).toBeLessThan(60_000);
  }
  expect(await deadLetters.sample('manyDlq', 5)).toHaveLength(5);
  // Who takes one now gets it, and has it alone.
  const taken = [...(await receive(`${engine.url}/000000000000/manyDlq`))];
  expect(taken).toHaveLength(10);
  expect(await deadLetters.sample('manyDlq', 100)).toHaveLength(13);
});

it('moves all of them to their queue, and tells how far it is', async () => {
  const url = await queuesWith('back', 12);
  expect(await deadLetters.latestMove('backDlq')).toBeUndefined();
  await deadLetters.sample('backDlq', 100);
  await deadLetters.move('backDlq', 'back');
  const ended = await eventually('the end', async () => {
    const move = await deadLetters.latestMove('backDlq');
    return move?.status === 'COMPLETED' && move;
  });
  expect(ended).toMatchObject({ moved: 12, total: 12 });
  expect(await deadLetters.sample('backDlq', 100)).toEqual([]);
  expect([...(await receive(url)), ...(await receive(url))]).toHaveLength(12);
});

it('begins nothing where something is under way', async () => {
  await queuesWith('slow', 5);
  await deadLetters.move('slowDlq', 'slow', 1);
  const begun = await deadLetters.latestMove('slowDlq');
  expect(begun).toMatchObject({ status: 'RUNNING', total: 5 });
  await deadLetters.move('slowDlq', 'slow');
  expect(await deadLetters.latestMove('slowDlq')).toMatchObject({ status: 'RUNNING', startedAt: begun!.startedAt });
});

it('is refused what does not exist', async () => {
  await expect(deadLetters.move('nothingDlq', 'nothing')).rejects.toThrow('does not exist');
});
