import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/clients/client.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';

let own: OwnStack;
beforeAll(async () => {
  own = await ownStack({ queueVisibilityOverrideSeconds: 1 });
});
afterAll(() => own?.stop());

const redrive = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'operating/redrive.ts', ...args]);

const pipeline = async () => {
  const query =
    'query { pipeline { commandLag projectionLag deadLetters queues { name waiting inFlight oldestSeconds deadLetters redrive { status moved total } } } }';
  return (await own.admin.get(query, {})).pipeline;
};

it('what an operator sees of dead letters, and brings back with one command', async () => {
  for (const number of [1, 2, 3])
    await own.inspection.sqs.send(
      new SendMessageCommand({ QueueUrl: own.outputs.Queues['createGroupQueue'], MessageBody: `no command ${number}` }),
    );
  const dead = await eventually(
    'three dead letters',
    async () => {
      const found = await pipeline();
      // A queue and its dead letters are counted one after the other: one that moves in between is in both counts.
      const underWay = found.queues.some(
        ({ waiting, inFlight }: { waiting: number; inFlight: number }) => waiting + inFlight > 0,
      );
      return found.deadLetters === 3 && !underWay ? found : undefined;
    },
    180,
  );
  expect(dead.queues.filter(({ deadLetters }: { deadLetters: number }) => deadLetters > 0)).toEqual([
    { name: 'createGroupQueue', waiting: 0, inFlight: 0, oldestSeconds: null, deadLetters: 3, redrive: null },
  ]);
  expect(dead).toMatchObject({ commandLag: null, projectionLag: null });

  // Why, as the function said it, whatever they hold.
  const { deadLetters: letters } = await own.admin.get(
    '{ deadLetters(queue: "createGroupQueue") { messageId commandId operation receives failedAt reason } }',
    {},
  );
  expect(letters).toHaveLength(3);
  for (const letter of letters)
    expect(letter).toEqual({
      messageId: expect.any(String),
      commandId: null,
      operation: null,
      receives: expect.any(Number),
      failedAt: expect.any(String),
      reason: 'UnreadableMessage: The message cannot be read: SyntaxError',
    });

  const { stdout } = await redrive('createGroupQueue', '--state', own.stateDir);
  expect(stdout).toContain('createGroupQueue: about 3 dead letters');
  expect(stdout.trim().split('\n').at(-1)).toBe('createGroupQueue: 3 brought back');
  const { stdout: again } = await redrive('--all', '--state', own.stateDir, '--per-second', '500');
  expect(again).toMatch(/brought back$/m);
});

it('what an operator brings back through the API', async () => {
  const begin = 'mutation { redrive(queue: "createGroupQueue") { status moved total failure } }';
  await eventually('dead letters again', async () => (await pipeline()).deadLetters === 3, 60);
  expect((await own.admin.get(begin, {})).redrive).toMatchObject({ failure: null });
  await eventually('all of them back', async () => (await pipeline()).deadLetters === 0);
});

it('names what it cannot bring back, and says how it is used', async () => {
  const failing = (...args: string[]) =>
    redrive(...args, '--state', own.stateDir).catch(({ stderr }) => stderr as string);
  expect(await failing('nothing')).toMatch(/^There is no queue nothing. There are: createUserQueue, /);
  expect(await failing('mediatorFailureQueue')).toContain('has nowhere to go back to');
  expect(await failing()).toMatch(/^No queue given\nUsage: npm run redrive/);
  expect((await redrive('--help')).stdout).toMatch(/^Usage: npm run redrive/);
});
