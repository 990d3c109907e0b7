import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { timeShardOf } from '../../../domain/kernel/view/timeShard.ts';
import { eventually } from '../../support/clients/client.ts';
import { ownStack, type OwnStack } from '../../support/stack/ownStack.ts';
import { beginning, type Recovering, recovering } from '../../support/models/recovering.ts';

/** What recovery and audit make of an event store that holds what is no event, and of streams that cannot be folded. */
let own: OwnStack;
let to: Recovering;
beforeAll(async () => {
  own = await ownStack();
  to = recovering(own);
});
afterAll(() => own?.stop());

const at = Date.UTC(2026, 0, 1);
const item = (streamId: string, version: number, more: Record<string, unknown> = {}) => ({
  streamId,
  version,
  timestamp: at,
  timeShard: timeShardOf(streamId, at),
  eventId: randomUUID(),
  ...more,
});
const userEvent = (aggregateId: string, version: number, more: Record<string, unknown>) =>
  item(`user#${aggregateId}`, version, {
    aggregate: 'user',
    aggregateId,
    commandId: randomUUID(),
    actor: 'admin:a',
    operation: 'updateUser',
    executionQueue: 'executeUpdateUserQueue',
    schemaVersion: 1,
    ...more,
  });

it('a damaged stream costs the others nothing: they are rebuilt, swept and shown, and it is named', async () => {
  await to.populate(3);
  const whole = { views: await to.views(), claims: await to.claims() };
  const streams = (await own.inspection.streams()).size;
  const broken = [
    item('group#noEvent', 1, { note: 'no event' }),
    userEvent('noPayload', 1, { type: 'UserUpdated' }),
    userEvent('wrongKind', 1, { type: 'UserCreated', payload: { email: { no: 'text' } } }),
    userEvent('gap', 1, { type: 'UserUpdated', payload: { firstName: 'First' } }),
    item('planet#mars', 1),
    item('user#', 1),
    item(`user#${'x'.repeat(1500)}`, 1),
    item('noSeparator', 1),
  ];
  for (const each of broken) await to.put('eventStore', each);
  await to.put('eventStore', userEvent('late', 2, { type: 'UserUpdated', payload: { firstName: 'Late' } }));
  await to.emptyViews();
  await to.put('user', { id: 'late', version: 2, firstName: 'Late' });
  await to.put('group', { id: 'invented', version: 3, name: 'Nobody', nameKey: 'nobody', description: 'd' });
  for (const uniqueKey of whole.claims.keys()) await to.remove('uniqueValue', { uniqueKey });
  for (const [n, streamId] of ['user#', `user#${'x'.repeat(1500)}`, 'planet#mars', 'noSeparator'].entries())
    await to.put('uniqueValue', { uniqueKey: `junk${n}`, streamId, attribute: 'email' });

  const failed = broken.length + 1;
  expect(await to.ended(await to.recoverFrom(beginning))).toMatchObject({
    status: 'COMPLETED',
    total: streams + failed,
    rebuilt: streams,
    failed,
    lastError: expect.stringContaining('user#late'),
  });
  const { user, ...others } = await to.views();
  expect(others).toEqual({
    role: whole.views.role,
    authorization: whole.views.authorization,
    group: whole.views.group,
  });
  expect(user).toEqual(new Map([...whole.views.user, ['late', expect.objectContaining({ version: 2 })]]));
  expect(await to.claims()).toEqual(whole.claims);

  // The audit goes on past them; who asks for one of them hears why there is no answer.
  const seen = new Set<string>();
  let nextToken: string | null = null;
  do {
    const page: { items: { aggregateId: string }[]; nextToken: string | null } = (
      await own.admin.get(
        'query($nextToken: String) { eventsSince(timestamp: "1970-01-01T00:00:00Z", limit: 5, nextToken: $nextToken) { items { aggregateId } nextToken } }',
        { nextToken },
      )
    )['eventsSince'];
    for (const { aggregateId } of page.items) seen.add(aggregateId);
    nextToken = page.nextToken;
  } while (nextToken !== null);
  expect(seen).toEqual(
    new Set([
      ...[
        ...whole.views.user.keys(),
        ...whole.views.role.keys(),
        ...whole.views.group.keys(),
        ...whole.views.authorization.keys(),
      ],
      'gap',
      'late',
    ]),
  );
  for (const id of ['noPayload', 'wrongKind', 'gap', 'late']) {
    const { errors } = await own.admin.ask(
      'query($id: ID!) { userAt(id: $id, timestamp: "2026-02-01T00:00:00Z") { version } }',
      { id },
    );
    expect(errors, id).toMatchObject([{ errorType: 'STREAM_DAMAGED', message: expect.stringContaining(`user#${id}`) }]);
  }
});

it('what no scalar can show empties no list, is named, holds up nobody, and goes with a correction', async () => {
  const before = (await to.views()).user.size;
  const person = { firstName: 'Odd', lastName: 'One', birthDate: '1990-01-01', roleId: null, groupId: null };
  const oddly = (id: string, more: Record<string, unknown>) =>
    userEvent(id, 1, { type: 'UserCreated', payload: { ...person, email: `${id}@example.com`, ...more } });
  await to.put('eventStore', oddly('oddMail', { email: 'a..b@docomo.example' }));
  await to.put('eventStore', oddly('oddDate', { birthDate: '31/02/1990' }));
  await to.put('eventStore', oddly('oddName', { lastName: null }));
  await to.put('eventStore', oddly('fine', {}));
  // One that was shown, and whose row was damaged since.
  const shown = (await own.admin.get('{ users(limit: 100) { items { id version } } }'))['users'].items as {
    id: string;
  }[];
  const [victim] = shown;
  await to.change('user', { id: victim!.id }, 'createdAt', 'long ago');

  await eventually('all of them are in the view', async () => (await to.views()).user.size === before + 4);
  const seen = async () =>
    (
      await own.admin.get(
        '{ users(limit: 100) { items { id firstName lastName birthDate email createdAt updatedAt version status } nextToken } }',
      )
    )['users'].items as { id: string }[];
  await eventually('who is sound is shown', async () => (await seen()).some(({ id }) => id === 'fine'));
  expect((await seen()).map(({ id }) => id).sort()).toEqual([...shown.map(({ id }) => id), 'fine'].sort());
  for (const id of ['oddMail', 'oddDate', 'oddName', victim!.id])
    expect(await own.admin.ask('query($id: ID!) { user(id: $id) { id } }', { id }), id).toMatchObject({
      data: { user: null },
      errors: [{ errorType: 'ROW_DAMAGED' }],
    });

  // A command of theirs is applied and heard of, though their row is passed by.
  expect(await own.admin.run('updateUser', { id: 'oddMail', firstName: 'Odder' })).toMatchObject({ status: 'APPLIED' });
  const { failed, lastError, status } = await to.ended(await to.recoverFrom(beginning));
  expect({ status, lastError }).toEqual({ status: 'COMPLETED', lastError: expect.any(String) });
  expect(await own.admin.get('query($id: ID!) { user(id: $id) { id } }', { id: victim!.id })).toMatchObject({
    user: { id: victim!.id },
  });

  const right = { ...person, email: 'odd.mail@example.com' };
  const [role, group] = [(await to.views()).role, (await to.views()).group];
  const live = (rows: Map<string, Record<string, unknown>>) =>
    [...rows.values()].find(({ deletedAt }) => deletedAt === undefined)!['id'];
  const outcome = await own.admin.run('correctEvent', {
    aggregate: 'USER',
    aggregateId: 'oddMail',
    version: 1,
    payload: JSON.stringify({ ...right, roleId: live(role), groupId: live(group) }),
  });
  expect(outcome).toMatchObject({ status: 'APPLIED' });
  await eventually('the corrected one is shown', async () => (await seen()).some(({ id }) => id === 'oddMail'));
  expect((await to.ended(await to.recoverFrom(beginning))).failed).toBe(failed - 1);
});
