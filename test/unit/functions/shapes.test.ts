import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { parseExecutionMessage } from '../../../functions/messages.ts';
import { startKeyIn } from '../../../functions/ports/dynamodb/startKey.ts';
import { eventOf, itemOf } from '../../../functions/ports/eventStore/item.ts';
import { dynamoDbLedger } from '../../../functions/ports/ledger/dynamodb.ts';
import { DamagedRecovery, recoveryOf } from '../../../functions/ports/ledger/item.ts';
import type { Recovery } from '../../../functions/ports/ledger/port.ts';
import { type Cursor, formatCursor, parseCursor } from '../../../functions/recovery/cursor.ts';
import { firstPace } from '../../../functions/recovery/pace.ts';
import { Failure } from '../../../functions/runtime/failure.ts';

/** What is stored is read by its shape: what is damaged is told by what is wrong with it, and never by a value. */

const damages: unknown[] = [undefined, '', {}, [null], true, -0.5];

describe('the cursor of a recovery', () => {
  const common = { complete: true, chunks: 3, unsent: ['00000003'] };
  const cursors: Cursor[] = [
    { ...common, phase: 'streams', partition: '2026-01#0', after: '{}', pace: firstPace(5) },
    { ...common, phase: 'streams', partition: '2026-01#0' },
    { ...common, phase: 'wait', progress: 1, since: 2, resent: 0 },
    { ...common, phase: 'rows', aggregate: 'role', after: 'r' },
    { ...common, phase: 'directory' },
    { ...common, phase: 'claims', done: true },
  ];

  it.each(cursors)('is read as it was written: $phase', (cursor) => {
    expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  });

  it.each([
    ['no JSON', 'x'],
    ['no object', 'null'],
    ['of no phase', JSON.stringify({ ...common, phase: 'elsewhere' })],
    ['without a partition', JSON.stringify({ ...common, phase: 'streams' })],
    ['of no aggregate', JSON.stringify({ ...common, phase: 'rows', aggregate: 'planet' })],
    ['with chunks that are none', JSON.stringify({ ...common, phase: 'directory', unsent: [1] })],
  ])('is refused when it is %s', (_, cursor) => {
    expect(() => parseCursor(cursor)).toThrow(Failure);
    expect(() => parseCursor(cursor)).toThrow('The cursor of the recovery cannot be read');
  });
});

describe('where a page begins', () => {
  it('is the key that the page before ended with', () => {
    const key = { type: 'UserCreated', timestamp: 1, streamId: 'user#ada', version: 1 };
    expect(startKeyIn(JSON.stringify(key))).toEqual(key);
    expect(startKeyIn(undefined)).toBeUndefined();
  });

  it.each(['x', 'null', '[]', '{"streamId":null}', '{"streamId":{"S":"user#ada"}}'])('is not %s', (text) => {
    expect(() => startKeyIn(text)).toThrow('The place where a page begins cannot be read');
  });
});

describe('the ledger of recoveries', () => {
  const recovery: Recovery = {
    recoveryId: 'r',
    timestamp: '2026-01-01T00:00:00.000Z',
    status: 'RUNNING',
    discovered: 2,
    rebuilt: 1,
    changed: 0,
    failed: 0,
    actor: 'admin:a',
    startedAt: '2026-01-02T00:00:00.000Z',
    updatedAt: '2026-01-02T00:00:00.000Z',
  };

  it('takes what the API writes for nothing as nothing, and shows no more than a recovery', () => {
    const nothing = { total: null, cursor: null, lastError: null, completedAt: null };
    expect(recoveryOf({ ...recovery, ...nothing, item: 'ledger', holder: 'm', strange: 1 })).toStrictEqual(recovery);
  });

  it.each(Object.keys(recovery))('says so where %s is damaged', (attribute) => {
    const isText = typeof recovery[attribute as keyof Recovery] === 'string';
    for (const value of damages.filter((each) => each !== (isText ? '' : -0.5))) {
      const read = () => recoveryOf({ ...recovery, [attribute]: value });
      expect(read).toThrow(DamagedRecovery);
      expect(read).toThrow(`is damaged: ${attribute}: `);
    }
  });

  it('passes a damaged chunk by, and gives the others', async () => {
    const chunk = { chunkId: '00000001', streams: [{ aggregate: 'user', aggregateId: 'ada' }], claims: false };
    const Items = [
      ...damages.flatMap((value) => [
        { ...chunk, streams: value },
        { ...chunk, streams: [{ aggregate: value, aggregateId: 'ada' }] },
      ]),
      { ...chunk, streams: [{ aggregate: 'planet', aggregateId: 'earth' }] },
      { ...chunk, done: false },
    ];
    const client = { send: async () => ({ Items }) } as unknown as DynamoDBDocumentClient;
    expect(await dynamoDbLedger(client, 'recoveries').unfinished('r', 100)).toEqual([chunk]);
  });
});

describe('an event', () => {
  const event = {
    eventId: 'e',
    aggregate: 'user',
    aggregateId: 'ada',
    version: 2,
    type: 'UserUpdated',
    payload: { firstName: 'Ada' },
    executionQueue: 'executeUpdateUserQueue',
    timestamp: 2,
    previousTimestamp: 1,
    commandId: 'c',
    operation: 'updateUser',
    actor: 'admin:a',
    schemaVersion: 1,
  } as const;

  it('is read without what else stands in its item', () => {
    expect(eventOf({ ...itemOf(event), life: 1, sealedAt: 5, strange: 'x' })).toStrictEqual(event);
    expect(eventOf({ ...event, payload: {}, erased: true })).toStrictEqual({ ...event, payload: {}, erased: true });
  });

  it('is no worse for damage where nothing depends on it', () => {
    const { previousTimestamp: _before, ...rest } = event;
    for (const damage of [null, '', 'x', {}, [null]])
      expect(eventOf({ ...event, previousTimestamp: damage, erased: damage })).toStrictEqual(rest);
  });
});

describe('the outcome that a message carries', () => {
  const outcome = {
    commandId: 'c',
    actor: 'user:ada',
    status: 'APPLIED',
    operation: 'updateProfile',
    aggregate: 'USER',
    aggregateId: 'ada',
    version: 3,
    code: null,
    message: null,
  };
  const bodyWith = (said: object) => JSON.stringify({ kind: 'event', event: { eventId: 'e' }, outcome: said });

  it('is one of the API', () => {
    expect(parseExecutionMessage(bodyWith(outcome))).toMatchObject({ outcome });
    for (const damage of [{ aggregate: 'planet' }, { status: 'LOST' }, { code: 'NEVER' }, { version: 'x' }])
      expect(() => parseExecutionMessage(bodyWith({ ...outcome, ...damage }))).toThrow();
  });
});
