import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CommandOutcome, ProjectionUpdate } from '../../generated/schema.ts';
import { admin, type Client, unique } from '../support/clients/client.ts';
import { onCommandCompleted, onProjectionUpdated, RawSubscriber } from '../support/clients/rawSubscriber.ts';
import { organisation, person } from './organisation.ts';

let client: Client;
let socket: RawSubscriber;
beforeAll(async () => {
  client = await admin();
  socket = await RawSubscriber.connect(client.outputs, client.token!);
});
afterAll(() => socket?.close());

/** With a part that no other test uses, and in the composed form in which names are stored. */
const texts = {
  emoji: '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}\u200d\u{1F466} \u{1F1FA}\u{1F1F3} \u{1F44D}\u{1F3FD} \u2764\ufe0f',
  'beyond the BMP': '\u{20BB7}\u91CE\u{1D11E}\u{10FFFD}',
  'Chinese, Japanese, Korean': '王小明 山田太郎 김철수',
  'right to left': 'محمد داود דוד \u200fבן־גוריון\u200e',
  'combining accents': 'Q\u0323\u0307 \u0B95\u0BBF नमस्ते',
  'quotes and brackets': '"<O\'Brien & Söhne>" \\u0041 \\ {} $1 %s ${x}',
  'private use': '\ue000\u0100\u0100\ue000',
};

it.each(Object.entries(texts))(
  '%s: survive in every attribute, from the mutation to view, history, events and subscribers',
  async (_, text) => {
    const { roleId, groupId } = await organisation(client);
    const named = `${text} ${unique('n')}`;
    const description = `${text}\n\t${text}`;
    const authorizationId = await client.apply('createAuthorization', { name: named, description });
    await client.apply('updateRole', { id: roleId, name: named, description, authorizationIds: [authorizationId] });
    await client.apply('updateGroup', { id: groupId, name: named, description });

    const commandId = randomUUID();
    const input = person({ roleId, groupId, firstName: text, lastName: text });
    const updates = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, {
      aggregate: 'USER',
      aggregateId: input.id,
    });
    const outcomes = await socket.subscribe<CommandOutcome>(onCommandCompleted, { commandId });
    await client.send('createUser', input, commandId);
    expect(await outcomes.next()).toMatchObject({ status: 'APPLIED', version: 1 });
    expect((await updates.next()).user).toMatchObject({
      firstName: text,
      lastName: text,
      role: { name: named, description, authorizations: [{ name: named }] },
      group: { name: named, description },
    });

    const { user, userAt, events } = await client.get(
      `query($id: ID!, $now: AWSDateTime!) {
      user(id: $id) { firstName lastName role { name description } group { name description } authorizations { name description } }
      userAt(id: $id, timestamp: $now) { firstName lastName }
      events(aggregate: USER, aggregateId: $id) { items { payload } }
    }`,
      { id: input.id, now: new Date(Date.now() + 60_000).toISOString() },
    );
    const nested = { name: named, description };
    expect(user).toEqual({ firstName: text, lastName: text, role: nested, group: nested, authorizations: [nested] });
    expect(userAt).toEqual({ firstName: text, lastName: text });
    expect(events.items.map(({ payload }: { payload: string }) => JSON.parse(payload))).toEqual([
      expect.objectContaining({ firstName: text, lastName: text }),
    ]);

    const { commandId: correction } = await client
      .get('mutation($input: CorrectEventInput!) { correctEvent(input: $input) { commandId } }', {
        input: {
          aggregate: 'GROUP',
          aggregateId: groupId,
          version: 2,
          payload: JSON.stringify({ name: `${named} 2`, description }),
        },
      })
      .then((data) => data['correctEvent']);
    expect(await client.outcomeOf(correction)).toMatchObject({ status: 'APPLIED', code: null });
    await client.shown(await client.outcomeOf(correction));
    expect((await client.get('query($id: ID!) { group(id: $id) { name } }', { id: groupId })).group).toEqual({
      name: `${named} 2`,
    });
  },
);

it('names that only differ in how accents are composed are the same', async () => {
  const suffix = unique('n');
  await client.apply('createGroup', { name: `Zo\u00eb \u{1F600} ${suffix}`, description: 'd' });
  expect(await client.run('createGroup', { name: `Zoe\u0308 \u{1F600} ${suffix}`, description: 'd' })).toMatchObject({
    status: 'REJECTED',
    code: 'NAME_TAKEN',
  });
  const id = await client.apply('createGroup', { name: `Jose\u0301 ${suffix}`, description: 'd' });
  expect((await client.get('query($id: ID!) { group(id: $id) { name } }', { id })).group).toEqual({
    name: `Jos\u00e9 ${suffix}`,
  });
});

it('what is no character is refused at once, by name, and so is half of one, and too many', async () => {
  const create = 'mutation($input: CreateGroupInput!) { createGroup(input: $input) { commandId } }';
  for (const [field, value] of [
    ['name', 'a\uffff'],
    ['description', '\ufffe'],
    ['name', 'half \ud83d'],
    ['name', '\u{1F600}'.repeat(101)],
  ] as const) {
    const { errors } = await client.ask(create, { input: { name: unique('group'), description: 'd', [field]: value } });
    expect(errors).toEqual([
      expect.objectContaining({ errorType: 'INVALID', errorInfo: { field, rule: expect.any(String) } }),
    ]);
  }
});
