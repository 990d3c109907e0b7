import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { person } from '../e2e/organisation.ts';
import { eventually, unique } from '../support/client.ts';
import { expectInvariants } from '../support/invariants.ts';
import { type OwnStack, ownStack } from '../support/ownStack.ts';
import { RawSubscriber } from '../support/rawSubscriber.ts';
import { beginning, type Recovering, recovering } from '../support/recovering.ts';

let own: OwnStack;
let to: Recovering;
let there: Awaited<ReturnType<Recovering['populate']>>;
let hooks: (() => void)[] = [];

beforeAll(async () => {
  own = await ownStack({ queueVisibilityOverrideSeconds: 5 });
  to = recovering(own);
  there = await to.populate(12);
});
afterAll(() => own?.stop());

/** After each: nothing is wrong any more (I3–I6), and all that recovery made is what the live path had made (I7). */
afterEach(async () => {
  for (const unhook of hooks) unhook();
  hooks = [];
  await expectInvariants(own.inspection);
  expect(await own.inspection.waiting(true)).toEqual([]);
});

const hook = (...given: Parameters<Recovering['onCallOf']>) => hooks.push(to.onCallOf(...given));

/**
 * Lets execution queues give nothing out, until the hooks are taken away; resolves when no receive is under way any
 * more.
 */
const close = async (queues: string[]): Promise<void> => {
  const refused = new Set<string>();
  hook('execute', ({ phase, operation, input }) => {
    const queue = queues.find((name) => own.outputs.Queues[name] === input['QueueUrl']);
    if (operation !== 'ReceiveMessage' || phase !== 'before' || queue === undefined) return undefined;
    refused.add(queue);
    return { fail: { status: 400, type: 'AccessDenied', message: 'closed' } };
  });
  await eventually('the queues are closed', async () => refused.size === queues.length);
};

const purge = async (queues: string[]): Promise<void> => {
  for (const queue of queues)
    await own.inspection.sqs.send(new PurgeQueueCommand({ QueueUrl: own.outputs.Queues[queue] }));
};
const streamCount = async () => (await own.inspection.streams()).size;
const state = async () => ({ views: await to.views(), claims: await to.claims() });

/** Corrupts rows and claims in every way there is. */
const corrupt = async () => {
  const [dropped, altered, raised, lowered, stripped, retyped, buried, renamed] = there.people.map(({ id }) => ({
    id,
  }));
  const { user, role, group } = await to.views();
  const rowOf = ({ id }: { id: string }) => user.get(id)!;
  await to.remove('user', dropped!);
  await to.put('user', {
    ...rowOf(altered!),
    firstName: 'Altered',
    role: 'superuser',
    email: 'altered@example.com',
    emailKey: 'altered@example.com',
    groupId: 'nowhere',
  });
  await to.change('user', raised!, 'version', 999);
  await to.change('user', lowered!, 'version', 1);
  await to.put('user', stripped!);
  await to.put('user', { ...rowOf(retyped!), version: 'two', firstName: ['not', 'text'] });
  await to.put('user', {
    ...buried,
    version: 9,
    deletedAt: new Date().toISOString(),
    expiresAt: Math.floor(Date.now() / 1000) + 1_000_000,
  });
  await to.put('user', { ...rowOf(renamed!), firstName: 'Altered' });
  await to.put('user', {
    ...there.goneUser,
    version: 2,
    createdAt: 'then',
    updatedAt: 'now',
    emailKey: there.goneUser['email'],
  });
  await to.put('group', {
    id: there.gone.groupId,
    version: 1,
    name: 'Undead',
    nameKey: 'undead',
    description: 'Back again',
  });
  await to.put('role', { ...role.get(there.roleId)!, authorizationIds: [], name: 'Altered' });
  await to.remove('group', { id: there.groupId });
  for (const view of ['user', 'role', 'authorization', 'group'])
    await to.put(view, {
      id: `invented-${view}`,
      version: 3,
      name: 'Nobody',
      nameKey: 'nobody',
      emailKey: 'nobody@example.com',
    });
  expect(group.has(there.groupId)).toBe(true);

  const claims = [...(await to.claims()).values()].filter(({ aggregate }) => aggregate === 'user') as {
    uniqueKey: string;
    streamId: string;
  }[];
  await to.remove('uniqueValue', { uniqueKey: claims[0]!.uniqueKey });
  await to.put('uniqueValue', { ...claims[1], streamId: claims[2]!.streamId });
  await to.put('uniqueValue', { ...claims[3], streamId: 'user#invented' });
  await to.put('uniqueValue', { uniqueKey: claims[4]!.uniqueKey });
  await to.put('uniqueValue', { ...claims[5], attribute: 'name' });
  await to.put('uniqueValue', {
    uniqueKey: 'user#email#ghost@example.com',
    streamId: claims[5]!.streamId,
    aggregate: 'user',
    attribute: 'email',
  });
  await to.put('uniqueValue', {
    uniqueKey: 'group#name#ghost',
    streamId: 'group#ghost',
    aggregate: 'group',
    attribute: 'name',
  });
  await to.put('uniqueValue', { uniqueKey: 'planet#name#mars', streamId: 'mars' });
};

describe('a complete rebuild', () => {
  it('brings back views that are empty', async () => {
    const before = await state();
    await to.emptyViews();
    const total = await streamCount();
    // A tombstone that is put back has changed too.
    expect(await to.recovered(beginning)).toMatchObject({ total, discovered: total, rebuilt: total, changed: total });
    expect(await state()).toEqual(before);
  });

  it('brings back views and claims that are corrupted in every way', async () => {
    const before = await state();
    await corrupt();
    const { changed } = await to.recovered(beginning);
    expect(await state()).toEqual(before);
    // Rows of twelve streams, four rows and three claims of nobody; the five claims of users may be those of streams
    // that count already.
    expect(changed).toBeGreaterThanOrEqual(12 + 4 + 3);
    expect(changed).toBeLessThanOrEqual(12 + 4 + 3 + 5);
  });

  it('of what is right changes nothing, and tells no subscriber of a row', async () => {
    const socket = await RawSubscriber.connect(own.outputs, own.admin.token!);
    const updates = await socket.subscribe('subscription { onProjectionUpdated { aggregateId version } }');
    const writes: unknown[] = [];
    for (const name of ['execute', 'recovery'] as const) {
      hook(name, ({ phase, operation, input }) => {
        if (
          phase === 'before' &&
          /Put|Update|Delete/.test(operation) &&
          !JSON.stringify(input).includes('recovery') &&
          operation !== 'DeleteMessageBatch'
        )
          writes.push(input);
      });
    }
    expect(await to.recovered(beginning)).toMatchObject({ changed: 0 });
    expect(writes).toEqual([]);
    expect(updates.heard).toEqual([]);
    await socket.close();
  });

  it('tells subscribers of the rows that it changed', async () => {
    const socket = await RawSubscriber.connect(own.outputs, own.admin.token!);
    const updates = await socket.subscribe(
      'subscription { onProjectionUpdated { aggregateId version change user { firstName } } }',
    );
    const { id } = there.people[0]!;
    await to.change('user', { id }, 'firstName', 'Altered');
    expect(await to.recovered(beginning)).toMatchObject({ changed: 1 });
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
    const input = person({ roleId: there.roleId, groupId: there.groupId });
    await to.put('user', { id: input['id'], version: 7, firstName: 'Nobody', emailKey: 'nobody@example.com' });
    let begun: Promise<unknown> | undefined;
    hook('recovery', async ({ phase, operation, input: { RequestItems } }) => {
      // The recovery has seen that there is no such stream, and not yet done anything about it.
      if (
        phase !== 'after' ||
        operation !== 'BatchGetItem' ||
        !JSON.stringify(RequestItems ?? {}).includes(`user#${String(input['id'])}`)
      )
        return;
      await (begun ??= own.admin.run('createUser', input));
    });
    await to.recovered(beginning);
    expect(await begun).toMatchObject({ status: 'APPLIED', version: 1 });
    expect((await to.views()).user.get(String(input['id']))).toMatchObject({
      firstName: 'Ann',
      version: 1,
      email: input['email'],
    });
  });
});

describe('a recovery from a recent moment', () => {
  it('touches only streams with an event since then, and reads no others', async () => {
    const late = [there.people[0]!, there.people[1]!];
    const old = there.people[2]!;
    await Promise.all([...late, old].map(({ id }) => to.change('user', { id }, 'lastName', 'Altered')));
    const moment = new Date().toISOString();
    for (const { id } of late)
      for (const firstName of ['Late', 'Later']) await own.admin.apply('updateUser', { id, firstName });
    const groupId = await own.admin.apply('createGroup', { name: unique('late'), description: 'Late' });

    const loaded = new Set<string>();
    const recoveryCalls = new Set<string>();
    hook('execute', ({ phase, operation, input }) => {
      if (phase === 'before' && operation === 'Query' && input['TableName'] === own.outputs.Tables['eventStore'])
        loaded.add((input['ExpressionAttributeValues'] as Record<string, { S: string }>)[':streamId']!.S);
    });
    hook('recovery', ({ phase, operation, input }) => {
      if (phase === 'before' && input['TableName'] === own.outputs.Tables['eventStore'])
        recoveryCalls.add(`${operation} ${String(input['IndexName'])}`);
    });
    expect(await to.recovered(moment)).toMatchObject({ total: 3, discovered: 3, changed: 2 });
    expect(loaded).toEqual(new Set([...late.map(({ id }) => `user#${id}`), `group#${groupId}`]));
    expect(recoveryCalls).toEqual(new Set(['Query byTime']));

    const { user } = await to.views();
    for (const { id } of late) expect(user.get(id)).toMatchObject({ firstName: 'Later', lastName: 'Lee', version: 4 });
    expect(user.get(old.id)).toMatchObject({ lastName: 'Altered' });
    await to.change('user', { id: old.id }, 'lastName', 'Lee');
  });

  it('brings back what lost execution messages should have', async () => {
    const moment = new Date().toISOString();
    const queues = [
      'executeCreateUserQueue',
      'executeUpdateUserQueue',
      'executeDeleteUserQueue',
      'executeCorrectEventQueue',
    ];
    await close(queues);
    const created = person({ roleId: there.roleId, groupId: there.groupId });
    const updated = there.people[3]!;
    const removed = there.people[4]!;
    const outcomes = [
      await own.admin.run('createUser', created),
      await own.admin.run('updateUser', { id: updated.id, firstName: 'Unseen' }),
      await own.admin.run('deleteUser', { id: removed.id }),
      await own.admin.run('correctEvent', {
        aggregate: 'GROUP',
        aggregateId: there.groupId,
        version: 1,
        payload: JSON.stringify({ name: unique('corrected'), description: 'Corrected' }),
      }),
    ];
    for (const { status } of outcomes) expect(status).toBe('APPLIED');
    for (const queue of queues)
      await eventually(`a message on ${queue}`, async () => (await own.inspection.depthOf(queue)) === 1);
    await purge(queues);
    for (const unhook of hooks.splice(0)) unhook();

    const { user } = await to.views();
    expect([
      user.has(String(created['id'])),
      user.get(updated.id)!['firstName'],
      'deletedAt' in user.get(removed.id)!,
    ]).toEqual([false, 'Second', false]);
    expect(await to.recovered(moment)).toMatchObject({ total: 4, changed: 4 });
    const after = (await to.views()).user;
    expect([
      after.has(String(created['id'])),
      after.get(updated.id)!['firstName'],
      'deletedAt' in after.get(removed.id)!,
    ]).toEqual([true, 'Unseen', true]);
  });
});

/** The messages that the recovery function has sent to execution queues. */
const chunksSent = () => {
  const sent: { QueueUrl: string; MessageBody: string }[] = [];
  hook('recovery', ({ phase, operation, input }) => {
    if (phase !== 'after' || operation !== 'SendMessageBatch' || String(input['QueueUrl']).endsWith('recoveryQueue'))
      return;
    sent.push(
      ...(input['Entries'] as { MessageBody: string }[]).map(({ MessageBody }) => ({
        QueueUrl: String(input['QueueUrl']),
        MessageBody,
      })),
    );
  });
  return sent;
};

describe('messages that do not come as they should', () => {
  it('a chunk that is delivered three times counts once', async () => {
    const before = await state();
    await to.emptyViews();
    const sent = chunksSent();
    const repeated = new Set<string>();
    // Twice more, as soon as it was sent, and at the end once more.
    hook('recovery', async ({ phase, operation, input }) => {
      if (phase !== 'after' || operation !== 'SendMessageBatch' || String(input['QueueUrl']).endsWith('recoveryQueue'))
        return;
      for (const { MessageBody } of input['Entries'] as { MessageBody: string }[]) {
        repeated.add(MessageBody);
        for (let time = 0; time < 2; time += 1)
          await own.inspection.sqs.send(new SendMessageCommand({ QueueUrl: String(input['QueueUrl']), MessageBody }));
      }
    });
    const total = await streamCount();
    const result = await to.recovered(beginning);
    expect(result).toMatchObject({ total, rebuilt: total, failed: 0 });
    expect(result.changed).toBeLessThanOrEqual(total);
    expect(repeated.size).toBeGreaterThanOrEqual(4);
    for (const message of sent) await own.inspection.sqs.send(new SendMessageCommand(message));
    await own.stack.mappings.idle();
    expect(await to.recovery(result.recoveryId)).toEqual(result);
    expect(await state()).toEqual(before);
  });

  it('chunks that are lost are sent again after ten minutes without progress', async () => {
    const before = await state();
    await to.emptyViews();
    // Of groups alone: so few chunks that do not come back leave room for all others.
    const queues = ['executeCreateGroupQueue'];
    await close(queues);
    const others = (await streamCount()) - before.views.group.size;
    const id = await to.recoverFrom(beginning);
    const waiting = async () => {
      const { Item } = await own.inspection.dynamoDb.send(
        new GetCommand({
          TableName: own.outputs.Tables['recovery'],
          Key: { recoveryId: id, item: 'ledger' },
          ConsistentRead: true,
        }),
      );
      const cursor = JSON.parse(String(Item!['cursor'] ?? '{}')) as {
        phase?: string;
        progress?: number;
        unsent?: string[];
        since?: number;
      };
      return (
        cursor.phase === 'wait' &&
        cursor.unsent!.length === 0 &&
        cursor.progress === Item!['rebuilt'] &&
        cursor.progress === others && { cursor, text: String(Item!['cursor']) }
      );
    };
    await eventually('groups alone are missing', waiting);
    await purge(queues);
    for (const unhook of hooks.splice(0)) unhook();
    // As if ten minutes had gone by.
    await eventually('the clock is put on', async () => {
      const found = await waiting();
      if (!found) return false;
      return own.inspection.dynamoDb
        .send(
          new UpdateCommand({
            TableName: own.outputs.Tables['recovery'],
            Key: { recoveryId: id, item: 'ledger' },
            UpdateExpression: 'SET #cursor = :new',
            ConditionExpression: '#cursor = :old',
            ExpressionAttributeNames: { '#cursor': 'cursor' },
            ExpressionAttributeValues: {
              ':old': found.text,
              ':new': JSON.stringify({ ...found.cursor, since: Number(found.cursor.since) - 11 * 60_000 }),
            },
          }),
        )
        .then(
          () => true,
          () => false,
        );
    });
    const total = await streamCount();
    expect(await to.ended(id)).toMatchObject({ status: 'COMPLETED', total, rebuilt: total, failed: 0 });
    expect(await state()).toEqual(before);
  });

  it('a step that fails again and again ends it FAILED, with the error; another then brings everything back', async () => {
    await to.emptyViews();
    hook('recovery', ({ phase, operation, input }) =>
      phase === 'before' && operation === 'Query' && input['Limit'] !== 1
        ? { fail: { status: 400, type: 'ValidationException', message: 'The index is broken' } }
        : undefined,
    );
    const id = await to.recoverFrom(beginning);
    expect(await to.ended(id)).toMatchObject({
      status: 'FAILED',
      lastError: expect.stringContaining('The index is broken'),
      total: null,
      completedAt: expect.any(String),
    });
    for (const unhook of hooks.splice(0)) unhook();
    await to.recovered(beginning);
  });
});

describe('a recovery that is cancelled', () => {
  const cancel = async (id: string) =>
    (await own.admin.get('mutation($id: ID!) { cancelRecovery(recoveryId: $id) { status completedAt } }', { id }))[
      'cancelRecovery'
    ];

  it('stops: what is rebuilt stays, nothing more is begun, and subscribers hear of it', async () => {
    const before = await state();
    await to.emptyViews();
    await to.put('role', { id: 'invented', version: 1, name: 'Nobody', nameKey: 'nobody' });
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    // One group is held up, so the recovery waits for it.
    hook('execute', async ({ phase, operation, input }) => {
      if (
        phase === 'before' &&
        operation === 'BatchGetItem' &&
        JSON.stringify(input['RequestItems']).includes(there.groupId)
      )
        await Promise.race([released, new Promise((resolve) => setTimeout(resolve, 4_000))]);
      return undefined;
    });
    const id = await to.recoverFrom(beginning);
    const socket = await RawSubscriber.connect(own.outputs, own.admin.token!);
    const progress = await socket.subscribe(
      'subscription($id: ID!) { onRecoveryProgress(recoveryId: $id) { status rebuilt total } }',
      { id },
    );
    await eventually(
      'everybody is there',
      async () => (await to.recovery(id)).rebuilt >= 1 && (await to.views()).user.size === before.views.user.size,
    );
    expect((await to.recovery(id)).rebuilt).toBeLessThan(await streamCount());
    expect(await cancel(id)).toEqual({ status: 'CANCELLED', completedAt: expect.any(String) });
    release();
    await progress.next(({ status }) => status === 'CANCELLED');
    await own.stack.mappings.idle();
    expect(await to.recovery(id)).toMatchObject({ status: 'CANCELLED', lastError: null });
    expect(await cancel(id)).toMatchObject({ status: 'CANCELLED' });
    const { views } = await state();
    expect(views.user).toEqual(before.views.user);
    // It never came to the rows that no stream accounts for.
    expect(views.role.has('invented')).toBe(true);
    await socket.close();
    await to.recovered(beginning);
    expect(await state()).toEqual(before);
  });

  it('before it has begun does nothing at all', async () => {
    const before = await state();
    await to.emptyViews();
    const sent = chunksSent();
    hook('recovery', async ({ phase, operation, input }) => {
      if (phase === 'after' && operation === 'PutItem' && input['TableName'] === own.outputs.Tables['recovery'])
        await cancel((input['Item'] as { recoveryId: { S: string } }).recoveryId.S);
      return undefined;
    });
    const id = await to.recoverFrom(beginning);
    await own.stack.mappings.idle();
    expect(await to.recovery(id)).toMatchObject({ status: 'CANCELLED', rebuilt: 0 });
    expect(sent).toEqual([]);
    expect((await to.views()).user.size).toBe(0);
    for (const unhook of hooks.splice(0)) unhook();
    await to.recovered(beginning);
    expect(await state()).toEqual(before);
  });
});

/**
 * Live commands go on what is there: rows may be wrong meanwhile, but a lost claim would let another take the value.
 */
const corruptRowsOnly = async () => {
  const claims = await to.claims();
  await corrupt();
  const now = await to.claims();
  await Promise.all(
    [...now.keys()].filter((key) => !claims.has(key)).map((uniqueKey) => to.remove('uniqueValue', { uniqueKey })),
  );
  await Promise.all([...claims.values()].map((claim) => to.put('uniqueValue', claim)));
};

const corruptClaims = async () => {
  const claims = [...(await to.claims()).values()];
  await Promise.all(
    claims.filter((_, index) => index % 3 === 0).map(({ uniqueKey }) => to.remove('uniqueValue', { uniqueKey })),
  );
  await Promise.all(
    claims
      .filter((_, index) => index % 3 === 1)
      .map((claim) => to.put('uniqueValue', { ...claim, streamId: 'user#invented' })),
  );
};

describe('beside others', () => {
  it('a recovery under live traffic leaves everything right, and every command its effect', async () => {
    await corruptRowsOnly();
    let running = true;
    const outcomes: Promise<{ status: string }>[] = [];
    const people = there.people.filter((_, index) => index !== 4);
    const groupIds: string[] = [];
    /** One of several clients that send one command after the other, until recovering is over. */
    const busy = async (client: number) => {
      for (let n = 0; running; n += 1) {
        const { id } = people[(client * 5 + n) % people.length]!;
        const kind = n % 4;
        const outcome =
          kind === 0
            ? own.admin.run('createUser', person({ roleId: there.roleId, groupId: there.groupId }))
            : kind === 1
              ? own.admin.run('updateUser', { id, firstName: `Busy ${client} ${n}` })
              : kind === 2
                ? own.admin.run('updateUser', { id, email: `${unique('busy')}@example.com` })
                : own.admin.run('createGroup', { name: unique('busy'), description: 'Busy' });
        outcomes.push(outcome);
        const { aggregate, aggregateId } = await outcome;
        if (aggregate === 'GROUP') groupIds.push(aggregateId);
        if (groupIds.length > 5) outcomes.push(own.admin.run('deleteGroup', { id: groupIds.shift() }));
      }
    };
    const clients = Promise.all(Array.from({ length: 4 }, (_, client) => busy(client)));
    const during: { from: number; to: number }[] = [];
    const eventsDuring = async () =>
      [...(await own.inspection.streams()).values()]
        .flat()
        .filter(({ timestamp }) => during.some(({ from, to: end }) => timestamp >= from && timestamp <= end)).length;
    // One recovery after the other, until the live traffic that they met is what a second brings.
    do {
      const { startedAt, completedAt } = await to.recovered(beginning);
      during.push({ from: Date.parse(startedAt), to: Date.parse(completedAt!) });
    } while ((await eventsDuring()) < 50 && during.length < 20);
    running = false;
    await clients;
    for (const { status } of await Promise.all(outcomes)) expect(status).toBe('APPLIED');
    expect(await eventsDuring()).toBeGreaterThanOrEqual(50);
  });

  it('two recoveries at once both come to a good end', async () => {
    const before = await state();
    await to.emptyViews();
    await corruptClaims();
    const moment = new Date(Date.now() - 60 * 60_000).toISOString();
    const ids = [await to.recoverFrom(beginning), await to.recoverFrom(moment), await to.recoverFrom(beginning)];
    const total = await streamCount();
    for (const id of ids)
      expect(await to.ended(id)).toMatchObject({ status: 'COMPLETED', total, rebuilt: total, failed: 0 });
    expect(await state()).toEqual(before);
  });
});
