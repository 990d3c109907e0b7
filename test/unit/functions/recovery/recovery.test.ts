import { describe, expect, it } from 'vitest';
import { timeShardOf } from '../../../../domain/kernel/view/timeShard.ts';
import { originalEvents } from '../../../fixtures/originalEvents.ts';
import { memorySnapshots } from '../../../../functions/ports/snapshots/memory.ts';
import { replay } from '../../../../functions/rebuild/chunk.ts';
import { firstPace, paceAfter, pauseOf } from '../../../../functions/recovery/pace.ts';
import { handleBatch, type RecoveryPorts, recoveryQueue } from '../../../../functions/recovery/handleSteps.ts';
import { UnreadableMessage } from '../../../../functions/runtime/failure.ts';
import { type Call, Crash, recoveryModel, type RecoveryModel, uuid } from '../../../support/models/recoveryModel.ts';

const organisation = async (model: RecoveryModel, size = 3): Promise<void> => {
  for (let n = 1; n <= size; n += 1) {
    await model.command('createAuthorization', uuid(n), { name: `may ${n}`, description: 'd' });
    await model.command('createRole', uuid(100 + n), {
      name: `role ${n}`,
      description: 'd',
      authorizationIds: [uuid(n)],
    });
    await model.command('createGroup', uuid(200 + n), { name: `group ${n}`, description: 'd' });
    await model.command('createUser', `user-${n}`, {
      firstName: 'A',
      lastName: 'B',
      birthDate: '1990-01-01',
      email: `u${n}@example.com`,
      roleId: uuid(100 + n),
      groupId: uuid(200 + n),
    });
  }
  await model.command('updateUser', 'user-1', { email: 'new@example.com' });
  await model.command('deleteGroup', uuid(200 + size));
};

const expectWhole = async (model: RecoveryModel): Promise<void> => {
  const { rows, claims } = await model.expected();
  // A tombstone past its time need not be there.
  for (const [place, row] of rows)
    if (!model.rows.table.has(place) && 'expiresAt' in row && Number(row.expiresAt) * 1000 < model.now())
      rows.delete(place);
  expect(model.rows.table).toEqual(rows);
  expect(model.store.claims).toEqual(claims);
};

/** Subscribers hear of a recovery once at most from each message that is handled, and last of its end. */
const expectThrottled = async ({ invocations, published, ledger }: RecoveryModel): Promise<void> => {
  for (const calls of invocations)
    expect(calls.filter(({ name }) => name === 'notifier.publish').length).toBeLessThanOrEqual(1);
  const { step: _step, chunksDone: _done, ...shown } = (await ledger.find(uuid(1)))!;
  expect(published.at(-1)).toMatchObject(shown);
};

const corrupt = (model: RecoveryModel): void => {
  const { table } = model.rows;
  table.delete('user#user-1');
  table.set('user#user-2', { ...table.get('user#user-2'), version: 999, firstName: 'Wrong' });
  table.set(`role#${uuid(101)}`, { ...table.get(`role#${uuid(101)}`), version: 0 });
  table.set(`role#${uuid(102)}`, { id: uuid(102) });
  table.set('user#invented', { id: 'invented', version: 3, firstName: 'Nobody', emailKey: 'u2@example.com' });
  table.set(`group#${uuid(203)}`, { id: uuid(203), version: 1, name: 'undead', nameKey: 'undead' });
  model.store.claims.delete('user#email#new@example.com');
  model.store.claims.set('user#email#u2@example.com', 'user#invented');
  model.store.claims.set('role#name#ghost', 'role#ghost');
  model.store.claims.set('user#email#u1@example.com', 'user#user-1');
};

describe('complete rebuild', () => {
  it('empties the directory of what has no row, and keeps what has one', async () => {
    const model = recoveryModel();
    await organisation(model);
    const listed = () =>
      model.directory
        .entries()
        .map(({ rowKey, entry }) => `${rowKey} ${entry}`)
        .sort();
    model.start(uuid(1), 0);
    await model.run();
    const whole = listed();
    expect(whole.length).toBeGreaterThanOrEqual(20);
    const [orphan] = model.directory.entries();
    for (const rowKey of ['user#nobody', `group#${uuid(203)}`, 'planet#mars', ''])
      await model.directory.settle(rowKey, [{ ...orphan!, rowKey }]);
    expect(listed()).not.toEqual(whole);
    model.start(uuid(2), 0);
    await model.run();
    expect(listed()).toEqual(whole);
    expect(await model.ledger.find(uuid(2))).toMatchObject({ status: 'COMPLETED', changed: 4 });
  });

  it('brings back views and claims, however they were corrupted', async () => {
    const model = recoveryModel();
    await organisation(model);
    corrupt(model);
    model.start(uuid(1), 0);
    await model.run();
    await expectWhole(model);
    expect(await model.ledger.find(uuid(1))).toMatchObject({
      status: 'COMPLETED',
      total: 12,
      discovered: 12,
      rebuilt: 12,
      failed: 0,
    });
  });

  it('rebuilds a stream once that several of its events found, and counts it as often', async () => {
    const model = recoveryModel();
    await organisation(model);
    corrupt(model);
    const streams = [1, 2, 1].map((n) => ({ aggregate: 'user', aggregateId: `user-${n}` }) as const);
    const message = { kind: 'replay', recoveryId: uuid(1), chunkId: '1', streams, claims: false } as const;
    const snapshots = memorySnapshots(model.store.keys);
    const { changed, result } = await replay(message, false, { ...model.ports, snapshots });
    expect(changed.map(({ aggregateId }) => aggregateId)).toEqual(['user-1', 'user-2']);
    expect(result).toEqual({ chunkId: '1', rebuilt: 3, changed: 2, failed: 0 });
  });

  it('changes nothing, and tells no subscriber of a row, where all is well', async () => {
    const model = recoveryModel();
    await organisation(model);
    model.start(uuid(1), 0);
    await model.run();
    expect(await model.ledger.find(uuid(1))).toMatchObject({ status: 'COMPLETED', rebuilt: 12, changed: 0 });
    expect(model.changedRows).toEqual([]);
  });

  it('tells its progress, with an honest total', async () => {
    const model = recoveryModel();
    await organisation(model);
    model.start(uuid(1), 0);
    await model.run();
    expect(model.published.at(-1)).toMatchObject({ status: 'COMPLETED', total: 12, rebuilt: 12 });
    for (const { total, rebuilt } of model.published)
      if (total !== null && total !== undefined) expect(rebuilt).toBeLessThanOrEqual(total);
  });
});

describe('what cannot be read', () => {
  const item = (streamId: string, version: number, more: Record<string, unknown> = {}) => ({
    streamId,
    version,
    timestamp: Date.UTC(2026, 0, 15),
    timeShard: timeShardOf(streamId, Date.UTC(2026, 0, 15)),
    eventId: `${streamId} ${version}`,
    ...more,
  });
  const event = (streamId: string, version: number, more: Record<string, unknown>) =>
    item(streamId, version, {
      aggregate: 'user',
      aggregateId: streamId.replace('user#', ''),
      commandId: uuid(77),
      actor: 'admin:a',
      operation: 'updateUser',
      schemaVersion: 1,
      ...more,
    });

  it('is counted as failed, and holds up neither its neighbours nor what follows', async () => {
    const model = recoveryModel();
    await organisation(model);
    const whole = await model.expected();
    const broken = {
      noEvent: item('group#bad', 1, { note: 'no event' }),
      oldJson: item(`role#${uuid(900)}`, 1, {
        aggregate: 'role',
        executionQueue: 'executeCreateRoleQueue',
        payload: { roleId: uuid(900), name: 'n', desc: 'd', auth: '{not json' },
      }),
      noPayload: event('user#empty', 1, { type: 'UserUpdated' }),
      wrongKind: event('user#kind', 1, { type: 'UserCreated', payload: { email: { no: 'text' } } }),
      planet: item('planet#mars', 1),
      nameless: item('user#', 1),
      endless: item(`user#${'x'.repeat(1500)}`, 1),
      noSeparator: item('noseparator', 1),
    };
    model.store.items.push(...Object.values(broken));
    // A stream without its beginning, which only its row leads to.
    model.store.items.push(event('user#late', 2, { type: 'UserUpdated', payload: { firstName: 'Late' } }));
    corrupt(model);
    const late = { id: 'late', version: 2, firstName: 'Late' };
    model.rows.table.set('user#late', late);
    for (const [key, owner] of [
      ['user#email#a', 'user#'],
      ['user#email#b', `user#${'x'.repeat(1500)}`],
      ['user#email#c', 'planet#mars'],
      ['user#email#d', 'user#empty'],
    ] as const)
      model.store.claims.set(key, owner);

    model.start(uuid(1), 0);
    await model.run();
    const strangers = Object.keys(broken).length;
    expect(await model.ledger.find(uuid(1))).toMatchObject({
      status: 'COMPLETED',
      total: 12 + strangers + 1,
      rebuilt: 12,
      failed: strangers + 1,
      lastError: expect.stringContaining('user#late'),
    });
    // What a damaged stream holds nobody can tell, so its row and its claim stay as they are.
    expect(model.rows.table).toEqual(new Map([...whole.rows, ['user#late', late]]));
    expect(model.store.claims).toEqual(new Map([...whole.claims, ['user#email#d', 'user#empty']]));
  });

  it('begins no recovery: a message whose moment the API could not show', async () => {
    for (const timestamp of ['garbage', '', '2026', '2026-13-01T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00']) {
      const model = recoveryModel();
      model.messages.push({
        messageId: 'm',
        queue: recoveryQueue,
        body: JSON.stringify({ kind: 'start', recoveryId: uuid(1), timestamp, actor: 'admin:a' }),
        attempt: 0,
      });
      await expect(model.run(), timestamp).rejects.toThrow();
      expect(await model.ledger.find(uuid(1))).toBeUndefined();
    }
  });
});

describe('recovery from a moment', () => {
  it('touches only streams with events since then', async () => {
    const model = recoveryModel();
    await organisation(model);
    const moment = model.now() + 500;
    await model.command('updateUser', 'user-1', { firstName: 'Late' });
    await model.command('updateUser', 'user-1', { firstName: 'Later' });
    await model.command('createGroup', uuid(300), { name: 'late', description: 'd' });
    for (const place of model.rows.table.keys())
      model.rows.table.set(place, { ...model.rows.table.get(place), lastName: 'Corrupt' });
    model.start(uuid(1), moment);
    await model.run();
    expect(await model.ledger.find(uuid(1))).toMatchObject({ status: 'COMPLETED', total: 2, rebuilt: 2, changed: 2 });
    expect(model.rows.table.get('user#user-1')).toMatchObject({ firstName: 'Later', lastName: 'B' });
    expect(model.rows.table.get('user#user-2')).toMatchObject({ lastName: 'Corrupt' });
  });

  it('finds streams whose events do not say when the one before was recorded', async () => {
    const model = recoveryModel();
    await organisation(model);
    const moment = model.now() + 500;
    await model.command('updateUser', 'user-1', { firstName: 'Late' });
    for (const item of model.store.items) delete item['previousTimestamp'];
    model.rows.table.set('user#user-1', { ...model.rows.table.get('user#user-1'), lastName: 'Corrupt' });
    model.start(uuid(1), moment);
    await model.run();
    expect(await model.ledger.find(uuid(1))).toMatchObject({ status: 'COMPLETED', total: 1, rebuilt: 1, changed: 1 });
    expect(model.rows.table.get('user#user-1')).toMatchObject({ firstName: 'Late', lastName: 'B' });
  });

  it('ends at once when there is nothing since', async () => {
    const model = recoveryModel();
    await organisation(model);
    for (const [n, moment] of [model.now() + 60_000, Date.UTC(2999, 0), Date.UTC(10_000, 0) - 1].entries()) {
      model.start(uuid(n), moment);
      model.crashAtCall(Infinity);
      await model.run();
      expect(await model.ledger.find(uuid(n))).toMatchObject({ status: 'COMPLETED', total: 0 });
      // However far the moment is: no month after today is looked into.
      expect(model.partitionsLookedInto()).toBeLessThan(1000);
    }
  });

  it('spans months, and finds each stream once', async () => {
    const model = recoveryModel();
    await organisation(model);
    model.tick(70 * 86_400_000);
    for (let n = 1; n <= 3; n += 1) await model.command('updateUser', `user-${n}`, { firstName: 'C' });
    model.tick(40 * 86_400_000);
    for (let n = 1; n <= 3; n += 1) await model.command('updateUser', `user-${n}`, { firstName: 'D' });
    model.rows.table.clear();
    model.start(uuid(1), Date.UTC(2000, 0, 1));
    await model.run();
    await expectWhole(model);
    expect(await model.ledger.find(uuid(1))).toMatchObject({ total: 12, rebuilt: 12 });
  });
});

describe('one invocation', () => {
  const stepsOf = (calls: Call[]) => calls.filter(({ name }) => name === 'ledger.advance').length;

  it('takes steps while there is the time for one, and hands the recovery on to the next, which ends it as ever', async () => {
    const model = recoveryModel();
    await organisation(model);
    corrupt(model);
    // Ten seconds are kept back; the rest is enough for a few calls.
    model.timing({ invocation: 13_000, call: 400 });
    model.start(uuid(1), 0);
    await model.run();
    await expectWhole(model);
    expect(await model.ledger.find(uuid(1))).toMatchObject({ status: 'COMPLETED', total: 12, rebuilt: 12, failed: 0 });
    const outOfTime = model.invocations.filter((calls) =>
      calls.some(({ name, left }) => name === 'remaining' && left < 10_000),
    );
    expect(outOfTime.length).toBeGreaterThan(2);
    expect(Math.max(...outOfTime.map(stepsOf))).toBeGreaterThan(1);
    for (const calls of outOfTime) {
      expect(stepsOf(calls)).toBeGreaterThan(0);
      const rest = calls.slice(calls.findIndex(({ name, left }) => name === 'remaining' && left < 10_000) + 1);
      expect(rest.map(({ name }) => name)).toEqual(['ledger.find', 'notifier.publish', 'ledger.find', 'queues.send']);
      expect(rest.at(-1)?.given).toEqual([
        recoveryQueue,
        [
          {
            body: JSON.stringify({ kind: 'continue', recoveryId: uuid(1), step: model.invocations.indexOf(calls) + 1 }),
            sender: `recovery:${uuid(1)}`,
          },
        ],
        0,
      ]);
    }
  });

  it('takes no step at all without the time for one', async () => {
    const model = recoveryModel();
    await organisation(model);
    model.timing({ invocation: 9_999, call: 0 });
    model.start(uuid(1), 0);
    const tooLate = {
      between: async () => {
        if (model.invocations.length === 3) model.timing({ invocation: 60_000, call: 0 });
      },
    };
    await model.run(tooLate);
    expect(model.invocations.map(stepsOf).slice(0, 4)).toEqual([0, 0, 0, expect.any(Number)]);
    expect(await model.ledger.find(uuid(1))).toMatchObject({ status: 'COMPLETED', rebuilt: 12 });
  });

  it.each([
    ['in time', 60_000, 1],
    ['slowly', 13_000, 1],
    ['from messages that come three times', 60_000, 3],
  ])(
    'tells of its progress once, however many steps it takes, and at last of the end: %s',
    async (_, invocation, times) => {
      const model = recoveryModel();
      await organisation(model);
      model.timing({ invocation, call: 400 });
      model.start(uuid(1), 0);
      await model.run({ times });
      expect(Math.max(...model.invocations.map(stepsOf))).toBeGreaterThan(1);
      await expectThrottled(model);
      expect(model.published.at(-1)).toMatchObject({
        status: 'COMPLETED',
        total: 12,
        rebuilt: 12,
        completedAt: expect.any(String),
      });
    },
  );

  it('tells once of a recovery that failed', async () => {
    const model = recoveryModel();
    await organisation(model);
    model.ledger.advance = async () => {
      throw new Crash('no step is taken');
    };
    model.start(uuid(1), 0);
    await model.run();
    await expectThrottled(model);
    expect(model.published).toMatchObject([{ status: 'FAILED', lastError: 'no step is taken' }]);
  });
});

describe('events of the first implementation', () => {
  it('are rebuilt, and each stream is counted once', async () => {
    const model = recoveryModel();
    model.store.items.push(...structuredClone(originalEvents));
    model.start(uuid(1), 0);
    await model.run();
    await expectWhole(model);
    expect(model.rows.table.get('role#r-1')).toMatchObject({ name: 'clerk', authorizationIds: ['a-1'] });
    expect(await model.ledger.find(uuid(1))).toMatchObject({ status: 'COMPLETED', total: 4, rebuilt: 4, failed: 0 });
  });
});

describe('a recovery that meets trouble', () => {
  it('comes to the same end from a crash at any point', async () => {
    const reference = recoveryModel();
    await organisation(reference, 2);
    reference.crashAtCall(Infinity);
    reference.rows.table.clear();
    reference.start(uuid(1), 0);
    await reference.run();
    const points = reference.callsMade();
    expect(points).toBeGreaterThan(100);
    for (let point = 1; point <= points; point += 1) {
      const model = recoveryModel();
      await organisation(model, 2);
      model.rows.table.clear();
      model.store.claims.clear();
      model.start(uuid(1), 0);
      model.crashAtCall(point);
      await model.run();
      await expectWhole(model);
      await expectThrottled(model);
      expect(await model.ledger.find(uuid(1)), `crash at ${point}`).toMatchObject({
        status: 'COMPLETED',
        total: 8,
        rebuilt: 8,
        failed: 0,
      });
    }
  });

  it('goes on when another delivery of its message took it over at any step, and died', async () => {
    const stepsOf = async (takeOver: number, cancel = false) => {
      const model = recoveryModel();
      await organisation(model, 1);
      model.rows.table.clear();
      model.start(uuid(1), 0);
      const { advance, end } = model.ledger;
      let steps = 0;
      model.ledger.advance = async (...step) => {
        steps += 1;
        // The other takes the very same step, and is never heard of again.
        if (steps === takeOver) await (cancel ? end(uuid(1), 'FAILED') : advance(...step));
        return advance(...step);
      };
      await model.run();
      return { model, steps };
    };
    const { steps } = await stepsOf(0);
    expect(steps).toBeGreaterThan(8);
    for (let step = 1; step <= steps; step += 1) {
      const { model } = await stepsOf(step);
      await expectWhole(model);
      expect(await model.ledger.find(uuid(1)), `step ${step}`).toMatchObject({
        status: 'COMPLETED',
        total: 4,
        rebuilt: 4,
      });
    }
    // One that was ended meanwhile is over.
    expect(await (await stepsOf(2, true)).model.ledger.find(uuid(1))).toMatchObject({ status: 'FAILED' });
  });

  it('tells subscribers that it is over, also when it was ended between two of its steps', async () => {
    const model = recoveryModel();
    await organisation(model);
    model.start(uuid(1), 0);
    let ended = false;
    await model.run({
      between: async () => {
        if (!ended && (await model.ledger.find(uuid(1)))) await model.ledger.end(uuid(1), 'FAILED', 'by another');
        ended = true;
      },
    });
    expect(model.published.at(-1)).toMatchObject({ status: 'FAILED', lastError: 'by another' });
  });

  it('counts a chunk once, however often it is delivered', async () => {
    const model = recoveryModel();
    await organisation(model);
    model.rows.table.clear();
    model.start(uuid(1), 0);
    await model.run({ times: 3 });
    await expectWhole(model);
    expect(await model.ledger.find(uuid(1))).toMatchObject({ status: 'COMPLETED', total: 12, rebuilt: 12 });
  });

  it('tells subscribers of every row it changed, also when it dies before it does', async () => {
    const reference = recoveryModel();
    await organisation(reference, 1);
    reference.rows.table.clear();
    reference.start(uuid(1), 0);
    reference.crashAtCall(Infinity);
    await reference.run();
    for (let point = 1; point <= reference.callsMade(); point += 1) {
      const model = recoveryModel();
      await organisation(model, 1);
      model.rows.table.clear();
      model.start(uuid(1), 0);
      model.crashAtCall(point);
      await model.run();
      expect(
        new Set(model.changedRows.map(({ aggregate, aggregateId }) => `${aggregate}#${aggregateId}`)),
        `crash at ${point}`,
      ).toEqual(new Set(model.rows.table.keys()));
    }
  });

  it('runs beside another, and beside live traffic', async () => {
    const model = recoveryModel();
    await organisation(model);
    corrupt(model);
    model.start(uuid(1), 0);
    model.start(uuid(2), 0);
    let n = 0;
    await model.run({
      pick: (waiting) => (n += 7) % waiting,
      between: async () => {
        if (n < 200) await model.command('createGroup', uuid(4000 + n), { name: `live ${n}`, description: 'd' });
      },
    });
    await expectWhole(model);
    for (const id of [uuid(1), uuid(2)]) expect(await model.ledger.find(id)).toMatchObject({ status: 'COMPLETED' });
  });

  it('comes back when its queue does not take the message that goes on, and reports any failed step', async () => {
    const model = recoveryModel();
    await organisation(model);
    model.timing({ invocation: 13_000, call: 400 });
    model.start(uuid(1), 0);
    const { body } = model.messages.shift()!;
    const ports = (more: Partial<RecoveryPorts>): RecoveryPorts => ({ ...model.ports, remaining: () => 0, ...more });
    const away = { queues: { send: async () => [{ index: 0, error: new Error('full') }] } };
    const failed = await handleBatch([{ messageId: 'a', body }], ports(away));
    expect(failed).toEqual(new Map([['a', new Error('full')]]));
    expect(await handleBatch([{ messageId: 'a', body }], ports({}))).toEqual(new Map());
    expect(model.messages.map((each) => JSON.parse(each.body) as unknown)).toEqual([
      { kind: 'continue', recoveryId: uuid(1), step: 1 },
    ]);
    const unread = await handleBatch([{ messageId: 'b', body: '{' }], ports({}));
    expect([...unread.values()]).toEqual([expect.any(UnreadableMessage)]);
  });

  it('begins no second chain of steps, however often each message comes, or a message is sent twice', async () => {
    const steps = async (times: number, twice: boolean) => {
      const model = recoveryModel();
      await organisation(model);
      model.rows.table.clear();
      // Little time, so that there are many steps.
      model.timing({ invocation: 20_000, call: 1_500 });
      model.start(uuid(1), 0);
      if (twice) model.messages.push({ ...model.messages[0]!, messageId: 'the same, sent again' });
      await model.run({ times });
      await expectWhole(model);
      return { handed: model.invocations.length, last: (await model.ledger.find(uuid(1)))!.step };
    };
    const once = await steps(1, false);
    expect(once.last).toBeGreaterThan(3);
    const often = await steps(3, true);
    expect(often.last).toBeLessThanOrEqual(once.last!);
    // Each comes three times, the first six times; messages do not multiply.
    expect(often.handed).toBeLessThanOrEqual(3 * (once.last! + 2) * 2);
  });

  it('has at most about fifty chunks under way', async () => {
    const model = recoveryModel();
    for (let n = 0; n < 900; n += 1)
      await model.command('createGroup', uuid(100_000 + n), { name: `group ${n}`, description: 'd' });
    model.start(uuid(1), 0);
    const underWay = () => model.messages.filter(({ queue }) => queue !== recoveryQueue).length;
    let most = 0;
    let deliveries = 0;
    await model.run({
      // The recovery function comes first, but for every tenth delivery.
      pick: () => {
        deliveries += 1;
        const first = model.messages.findIndex(({ queue }) => (queue === recoveryQueue) === deliveries % 10 > 0);
        return Math.max(0, first);
      },
      between: async () => {
        most = Math.max(most, underWay());
      },
    });
    await expectWhole(model);
    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThanOrEqual(55);
  });

  it('goes on past a stream that cannot be folded, and says which', async () => {
    const model = recoveryModel();
    await organisation(model);
    const damaged = model.store.items.findIndex((item) => item['streamId'] === 'user#user-2');
    model.store.items[damaged] = { ...model.store.items[damaged], type: 'UserTeleported' };
    model.start(uuid(1), 0);
    await model.run();
    expect(await model.ledger.find(uuid(1))).toMatchObject({
      status: 'COMPLETED',
      rebuilt: 11,
      failed: 1,
      lastError: expect.stringContaining('user#user-2'),
    });
  });

  it('sends chunks again whose messages were lost, and fails when they do not come back', async () => {
    const model = recoveryModel();
    await organisation(model);
    model.rows.table.clear();
    model.start(uuid(1), 0);
    let lost = 0;
    const lose = (keep: boolean) => async () => {
      if (keep && lost > 0) return;
      const index = model.messages.findIndex(({ queue }) => queue !== 'recoveryQueue');
      if (index >= 0) lost += model.messages.splice(index, 1).length;
    };
    await model.run({ between: lose(true) });
    expect(lost).toBe(1);
    await expectWhole(model);
    model.start(uuid(2), 0);
    await model.run({ between: lose(false) });
    expect(await model.ledger.find(uuid(2))).toMatchObject({
      status: 'FAILED',
      lastError: expect.stringContaining('not rebuilt'),
    });
    expect(model.telemetry.counts['RecoveriesFailed']).toBe(1);
  });
});

describe('the pace of a recovery', () => {
  it('widens as chunks come back, narrows when none do, and stays within its bounds', () => {
    let now = 0;
    let pace = firstPace(now);
    const start = pace.window;
    for (let n = 0; n < 5; n += 1) pace = paceAfter(pace, pace.done + pace.window, (now += 1_000));
    expect(pace.window).toBe(30);
    expect(pauseOf(pace)).toBeLessThan(pauseOf({ ...pace, window: start }));
    expect(paceAfter(pace, pace.done, now + 1_000)).toBe(pace);
    for (let n = 0; n < 8; n += 1) pace = paceAfter(pace, pace.done, (now += 6_000));
    expect(pace.window).toBe(2);
    // What comes back late is no reason to send more.
    expect(paceAfter(pace, pace.done + 2, now + 6_000).window).toBe(2);
    expect(paceAfter(pace, pace.done + 2, now + 1_000).window).toBe(4);
  });
});
