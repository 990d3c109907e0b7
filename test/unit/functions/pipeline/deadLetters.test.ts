import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { answer, type AnswerPorts } from '../../../../functions/pipeline/answer.ts';
import type { Letter, Move } from '../../../../functions/ports/deadLetters/port.ts';
import { noMetrics } from '../../../../functions/ports/metrics/port.ts';
import { memoryReasons } from '../../../../functions/ports/reasons/memory.ts';

const now = Date.UTC(2026, 0, 2);
const moment = new Date(now).toISOString();
let letters: Record<string, Letter[]>;
let moves: Move[];
/** All that SQS lists, whatever it has begun since. */
let unlisted: Move | undefined;
let ports: AnswerPorts;

beforeEach(() => {
  letters = {};
  moves = [];
  unlisted = undefined;
  ports = {
    queueFacts: { read: async (queue) => ({ waiting: (letters[queue] ?? []).length, inFlight: 0 }) },
    deadLetters: {
      sample: async (queue, most) => (letters[queue] ?? []).slice(0, most),
      move: async (from, to) => {
        expect(`${to}Dlq`).toBe(from);
        moves.unshift({ status: 'RUNNING', moved: 0, total: letters[from]?.length ?? 0, startedAt: now });
      },
      latestMove: async () => unlisted ?? moves[0],
    },
    reasons: memoryReasons(),
    metrics: noMetrics,
    stackName: 'Stack-dev',
    now: () => now,
    warn: () => undefined,
  };
});

const letter = (body: unknown, sentAt = now): Letter => ({
  messageId: randomUUID(),
  body: typeof body === 'string' ? body : JSON.stringify(body),
  sentAt,
  receives: 11,
});
const lying = async (queue: string, ...bodies: unknown[]): Promise<any[]> => {
  letters[queue] = bodies.map((body) => letter(body));
  const { result } = (await answer({ field: 'deadLetters', queue: queue.replace(/Dlq$/, '') }, ports)) as any;
  return result;
};

describe('what is told of a dead letter', () => {
  const commandId = randomUUID();
  const about = { commandId, operation: 'createUser', aggregate: 'user', aggregateId: 'ada' };
  const told = { commandId, operation: 'createUser', aggregate: 'USER', aggregateId: 'ada' };
  const nothing = { commandId: null, operation: null, aggregate: null, aggregateId: null, recoveryId: null };

  it('is what it is about, and when it was sent; of a command, of an event, of a recovery, of an item that is no event', async () => {
    expect(await lying('createUserQueueDlq', { ...about, input: { firstName: 'Ada' } })).toEqual([
      {
        ...told,
        messageId: letters['createUserQueueDlq']![0]!.messageId,
        recoveryId: null,
        sentAt: moment,
        receives: 11,
        failedAt: null,
        reason: null,
      },
    ]);
    expect(await lying('executeCreateUserQueueDlq', { kind: 'event', event: about })).toMatchObject([told]);
    const recoveryId = randomUUID();
    expect(await lying('recoveryQueueDlq', { kind: 'continue', recoveryId, step: 3 })).toMatchObject([
      { ...nothing, recoveryId },
    ]);
    expect(
      await lying(
        'mediatorFailureQueue',
        { reason: 'version: must be a number', keys: { streamId: { S: 'user#auth#0' }, version: { N: '1' } } },
        { requestContext: { condition: 'RetryAttemptsExhausted' }, DDBStreamBatchInfo: {} },
      ),
    ).toMatchObject([
      { ...nothing, aggregate: 'USER', aggregateId: 'auth#0', reason: 'version: must be a number' },
      { ...nothing, reason: 'RetryAttemptsExhausted' },
    ]);
  });

  it('is why it failed, where the function said so', async () => {
    letters['createUserQueueDlq'] = [letter('no JSON'), letter(about)];
    const [{ messageId }] = letters['createUserQueueDlq'] as [Letter, Letter];
    await ports.reasons.record([{ messageId, reason: 'UnreadableMessage: it cannot be read', failedAt: now + 1 }]);
    expect(await answer({ field: 'deadLetters', queue: 'createUserQueue' }, ports)).toMatchObject({
      result: [
        { messageId, reason: 'UnreadableMessage: it cannot be read', failedAt: new Date(now + 1).toISOString() },
        { reason: null, failedAt: null },
      ],
    });
  });

  it('never is a value, whatever a body holds in whichever place', async () => {
    const secret = 'Ada Lovelace, 10 December 1815';
    const bodies = [
      secret,
      JSON.stringify(secret),
      [secret],
      null,
      { ...about, input: { firstName: secret }, proved: { email: secret } },
      { commandId: secret, operation: secret, aggregate: secret, aggregateId: secret, recoveryId: secret },
      { kind: 'event', event: { ...about, payload: { firstName: secret }, operation: { secret } } },
      { kind: 'event', event: secret },
    ];
    const all = await lying('createUserQueueDlq', ...bodies);
    expect(all).toHaveLength(bodies.length);
    expect(JSON.stringify(all)).not.toContain('Ada L');
    for (const name of ['constructor', '__proto__'])
      expect(await lying('createUserQueueDlq', { operation: name })).toMatchObject([nothing]);
  });

  it('comes the oldest first, of a queue that there is', async () => {
    letters['createUserQueueDlq'] = [letter(about, now), letter(about, now - 5)];
    const { result } = (await answer({ field: 'deadLetters', queue: 'createUserQueue', limit: 100 }, ports)) as any;
    expect(result.map(({ sentAt }: { sentAt: string }) => Date.parse(sentAt))).toEqual([now - 5, now]);
    for (const queue of ['createUserQueueDlq', 'nothing', ''])
      expect(await answer({ field: 'deadLetters', queue }, ports)).toMatchObject({ invalid: { field: 'queue' } });
  });
});

describe('a redrive', () => {
  const redrive = async (queue = 'createUserQueue') => (await answer({ field: 'redrive', queue }, ports)) as any;

  it('begins once, however often it is asked for, and the pipeline tells how far it is', async () => {
    letters['createUserQueueDlq'] = [letter('x'), letter('y')];
    const begun = { status: 'RUNNING', moved: 0, total: 2, startedAt: moment, failure: null };
    expect(await redrive()).toEqual({ result: begun });
    moves[0]!.moved = 1;
    expect(await redrive()).toEqual({ result: { ...begun, moved: 1 } });
    expect(moves).toHaveLength(1);
    const { result } = (await answer({ field: 'pipeline' }, ports)) as any;
    expect(result.queues.filter((queue: { redrive: unknown }) => queue.redrive)).toMatchObject([
      { name: 'createUserQueue', deadLetters: 2, redrive: { status: 'RUNNING', moved: 1 } },
    ]);
  });

  it('begins again after one that ended, whose end is not taken for its own', async () => {
    moves = [{ status: 'FAILED', moved: 1, total: 2, startedAt: now - 1_000, failure: 'AccessDenied' }];
    letters['createUserQueueDlq'] = [letter('x')];
    const { result } = (await answer({ field: 'pipeline' }, ports)) as any;
    expect(result.queues[0].redrive).toMatchObject({ status: 'FAILED', failure: 'AccessDenied' });
    unlisted = moves[0];
    expect(await redrive()).toMatchObject({ result: { status: 'RUNNING', moved: 0, failure: null } });
    expect(moves).toHaveLength(2);
  });

  it('is refused where there is nowhere to go back to, and of what is no queue', async () => {
    expect(await redrive('mediatorFailureQueue')).toEqual({
      invalid: { field: 'queue', rule: expect.stringContaining('nowhere to go back to') },
    });
    expect(await redrive('nothing')).toMatchObject({ invalid: { field: 'queue' } });
    await expect(answer({ field: 'purge', queue: 'createUserQueue' }, ports)).rejects.toThrow('does not answer purge');
    expect(moves).toEqual([]);
  });

  it('does not keep the pipeline from its answer when it cannot be read', async () => {
    letters['createUserQueueDlq'] = [letter('x')];
    ports.deadLetters.latestMove = () => Promise.reject(new Error('throttled'));
    const { result } = (await answer({ field: 'pipeline' }, ports)) as any;
    expect(result.queues[0]).toMatchObject({ deadLetters: 1, redrive: null });
  });
});
