import { describe, expect, it } from 'vitest';
import { person } from '../../e2e/organisation.ts';
import { eventually, unique } from '../../support/clients/client.ts';
import { RawSubscriber } from '../../support/clients/rawSubscriber.ts';
import { beginning } from '../../support/models/recovering.ts';
import { recoverySetting } from './setting.ts';

const at = recoverySetting(60);

describe('a complete rebuild', () => {
  it('brings back views that are empty', async () => {
    const before = await at.state();
    await at.to.emptyViews();
    const total = await at.streamCount();
    // A tombstone that is put back has changed too.
    expect(await at.to.recovered(beginning)).toMatchObject({
      total,
      discovered: total,
      rebuilt: total,
      changed: total,
    });
    expect(await at.state()).toEqual(before);
  });

  it('brings back views and claims that are corrupted in every way', async () => {
    const before = await at.state();
    await at.corrupt();
    const { changed } = await at.to.recovered(beginning);
    expect(await at.state()).toEqual(before);
    // Rows of twelve streams, four rows and three claims of nobody; the five claims of users may be those of streams
    // that count already.
    expect(changed).toBeGreaterThanOrEqual(12 + 4 + 3);
    expect(changed).toBeLessThanOrEqual(12 + 4 + 3 + 5);
  });

  it('of what is right changes nothing, and tells no subscriber of a row', async () => {
    const socket = await RawSubscriber.connect(at.own.outputs, at.own.admin.token!);
    const updates = await socket.subscribe('subscription { onProjectionUpdated { aggregateId version } }');
    const writes: unknown[] = [];
    for (const name of ['execute', 'recovery'] as const) {
      at.hook(name, ({ phase, operation, input }) => {
        if (
          phase === 'before' &&
          /Put|Update|Delete/.test(operation) &&
          !JSON.stringify(input).includes('recovery') &&
          operation !== 'DeleteMessageBatch'
        )
          writes.push(input);
      });
    }
    expect(await at.to.recovered(beginning)).toMatchObject({ changed: 0 });
    expect(writes).toEqual([]);
    expect(updates.heard).toEqual([]);
    await socket.close();
  });

  it('tells subscribers of the rows that it changed', async () => {
    const socket = await RawSubscriber.connect(at.own.outputs, at.own.admin.token!);
    const updates = await socket.subscribe(
      'subscription { onProjectionUpdated { aggregateId version change user { firstName } } }',
    );
    const { id } = at.there.people[0]!;
    await at.to.change('user', { id }, 'firstName', 'Altered');
    expect(await at.to.recovered(beginning)).toMatchObject({ changed: 1 });
    expect(await updates.next()).toEqual({
      aggregateId: id,
      version: 2,
      change: 'UPDATED',
      user: { firstName: 'Second' },
    });
    await socket.close();
  });
});

describe('a row that no stream accounts for', () => {
  it('becomes that of a stream that begins while recovery looks', async () => {
    const input = person({ roleId: at.there.roleId, groupId: at.there.groupId });
    await at.to.put('user', { id: input['id'], version: 7, firstName: 'Nobody', emailKey: 'nobody@example.com' });
    let begun: Promise<unknown> | undefined;
    at.hook('recovery', async ({ phase, operation, input: { RequestItems } }) => {
      // The recovery has seen that there is no such stream, and not yet done anything about it.
      if (
        phase !== 'after' ||
        operation !== 'BatchGetItem' ||
        !JSON.stringify(RequestItems ?? {}).includes(`user#${String(input['id'])}`)
      )
        return;
      await (begun ??= at.own.admin.run('createUser', input));
    });
    await at.to.recovered(beginning);
    expect(await begun).toMatchObject({ status: 'APPLIED', version: 1 });
    expect((await at.to.views()).user.get(String(input['id']))).toMatchObject({
      firstName: 'Ann',
      version: 1,
      email: input['email'],
    });
  });
});

describe('a recovery from a recent moment', () => {
  it('touches only streams with an event since then, and reads no others', async () => {
    const late = [at.there.people[0]!, at.there.people[1]!];
    const old = at.there.people[2]!;
    await Promise.all([...late, old].map(({ id }) => at.to.change('user', { id }, 'lastName', 'Altered')));
    const moment = new Date().toISOString();
    for (const { id } of late)
      for (const firstName of ['Late', 'Later']) await at.own.admin.apply('updateUser', { id, firstName });
    const groupId = await at.own.admin.apply('createGroup', { name: unique('late'), description: 'Late' });

    const loaded = new Set<string>();
    const recoveryCalls = new Set<string>();
    at.hook('execute', ({ phase, operation, input }) => {
      if (phase === 'before' && operation === 'Query' && input['TableName'] === at.own.outputs.Tables['eventStore'])
        loaded.add((input['ExpressionAttributeValues'] as Record<string, { S: string }>)[':streamId']!.S);
    });
    at.hook('recovery', ({ phase, operation, input }) => {
      if (phase === 'before' && input['TableName'] === at.own.outputs.Tables['eventStore'])
        recoveryCalls.add(`${operation} ${String(input['IndexName'])}`);
    });
    expect(await at.to.recovered(moment)).toMatchObject({ total: 3, discovered: 3, changed: 2 });
    expect(loaded).toEqual(new Set([...late.map(({ id }) => `user#${id}`), `group#${groupId}`]));
    expect(recoveryCalls).toEqual(new Set(['Query byTime']));

    const { user } = await at.to.views();
    for (const { id } of late) expect(user.get(id)).toMatchObject({ firstName: 'Later', lastName: 'Lee', version: 4 });
    expect(user.get(old.id)).toMatchObject({ lastName: 'Altered' });
    await at.to.change('user', { id: old.id }, 'lastName', 'Lee');
  });

  it('brings back what lost execution messages should have', async () => {
    const moment = new Date().toISOString();
    const queues = [
      'executeCreateUserQueue',
      'executeUpdateUserQueue',
      'executeDeleteUserQueue',
      'executeCorrectEventQueue',
    ];
    await at.close(queues);
    const created = person({ roleId: at.there.roleId, groupId: at.there.groupId });
    const updated = at.there.people[3]!;
    const removed = at.there.people[4]!;
    const outcomes = [
      await at.own.admin.run('createUser', created),
      await at.own.admin.run('updateUser', { id: updated.id, firstName: 'Unseen' }),
      await at.own.admin.run('deleteUser', { id: removed.id }),
      await at.own.admin.run('correctEvent', {
        aggregate: 'GROUP',
        aggregateId: at.there.groupId,
        version: 1,
        payload: JSON.stringify({ name: unique('corrected'), description: 'Corrected' }),
      }),
    ];
    for (const { status } of outcomes) expect(status).toBe('APPLIED');
    for (const queue of queues)
      await eventually(`a message on ${queue}`, async () => (await at.own.inspection.depthOf(queue)) === 1);
    await at.purge(queues);
    at.unhook();

    const { user } = await at.to.views();
    expect([
      user.has(String(created['id'])),
      user.get(updated.id)!['firstName'],
      'deletedAt' in user.get(removed.id)!,
    ]).toEqual([false, 'Second', false]);
    expect(await at.to.recovered(moment)).toMatchObject({ total: 4, changed: 4 });
    const after = (await at.to.views()).user;
    expect([
      after.has(String(created['id'])),
      after.get(updated.id)!['firstName'],
      'deletedAt' in after.get(removed.id)!,
    ]).toEqual([true, 'Unseen', true]);
  });
});
