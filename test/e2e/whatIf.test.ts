import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admin, type Client, unique } from '../support/clients/client.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';

/** What is supposed of one stack is done for real on a second one, which has the same past: the same was sent to both. */
let second: OwnStack;
let both: [supposing: Client, doing: Client];
beforeAll(async () => {
  second = await ownStack();
  both = [await admin(`auth0|${unique('supposing')}`), second.admin];
});
afterAll(() => second?.stop());

interface Wish {
  operation: string;
  input: Record<string, unknown>;
  commandId: string;
}
const wish = (operation: string, input: Record<string, unknown>, commandId: string = randomUUID()): Wish => ({
  operation,
  input,
  commandId,
});
type Row = Record<string, unknown>;

const send = async (client: Client, { operation, input, commandId }: Wish): Promise<Row> => {
  const outcome = await client.run(operation, input, commandId);
  if (outcome.status === 'APPLIED') await client.shown(outcome);
  return outcome as unknown as Row;
};
const happened = async (...wishes: Wish[]): Promise<void> => {
  for (const each of wishes)
    for (const client of both) expect(await send(client, each), each.operation).toMatchObject({ status: 'APPLIED' });
};

/** The same ids on both stacks, with values that nobody else on either of them has. */
const organisation = () => {
  const [authorizationId, roleId, ...groupIds] = Array.from({ length: 4 }, () => randomUUID()) as [
    string,
    string,
    string,
    string,
  ];
  const [ann, bo, cy] = ['ann', 'bo', 'cy'].map((name) => unique(name)) as [string, string, string];
  const named = (name: string) => ({ name: unique(name), description: 'd' });
  const person = (id: string) => ({
    id,
    firstName: 'Ann',
    lastName: 'Lee',
    birthDate: '1990-02-28',
    email: `${id}@example.com`,
    roleId,
    groupId: groupIds[0],
  });
  return { authorizationId, roleId, groupIds, ann, bo, cy, named, person };
};

const attributes: Record<string, string> = {
  user: 'firstName lastName birthDate email emailVerified roleId groupId status suspensionReason suspendedUntil',
  role: 'name description authorizationIds',
  group: 'name description',
  authorization: 'name description',
};

/** What a stack shows of some aggregates, attribute by attribute. */
const shownBy = async (client: Client, wanted: [aggregate: string, id: string][]): Promise<Map<string, string>> => {
  const found = await Promise.all(
    wanted.map(async ([aggregate, id]) => {
      const query = `query($id: ID!) { ${aggregate}(id: $id) { ${attributes[aggregate]} } }`;
      const row = (await client.get<Record<string, Row | null>>(query, { id }))[aggregate] ?? {};
      return attributes[aggregate]!.split(' ').map((attribute): [string, string] => [
        `${id} ${attribute}`,
        JSON.stringify(row[attribute] ?? null),
      ]);
    }),
  );
  return new Map(found.flat());
};

const differencesOf = async (wanted: [aggregate: string, id: string][]): Promise<string[]> => {
  const [is, wouldBe] = await Promise.all(both.map((client) => shownBy(client, wanted)));
  return [...is!].flatMap(([place, value]) => {
    const other = wouldBe!.get(place)!;
    return other === value ? [] : [`${place} ${value} ${other}`];
  });
};

const whatIf = async (input: Row): Promise<{ outcomes: Row[]; changes: string[] }> => {
  const [client] = both;
  const { whatIf: said } = await client.get<{ whatIf: { outcomes: Row[]; changes: Row[] } }>(
    `query($input: WhatIfInput!) { whatIf(input: $input) {
      outcomes { status operation aggregateId version code } changes { aggregateId attribute before after } } }`,
    { input },
  );
  const changes = said.changes.map(
    ({ aggregateId, attribute, before, after }) =>
      `${String(aggregateId)} ${String(attribute)} ${String(before)} ${String(after)}`,
  );
  return { outcomes: said.outcomes, changes };
};
const told = ({ status, operation, aggregateId, version, code }: Row) => ({
  status,
  operation,
  aggregateId,
  version,
  code,
});
const asked = ({ input, ...rest }: Wish) => ({ ...rest, input: JSON.stringify(input) });

/** Moments of the events of a user. */
const momentsOf = async (client: Client, id: string): Promise<string[]> => {
  const { events } = await client.get<{ events: { items: { timestamp: string }[] } }>(
    'query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { timestamp } } }',
    { id },
  );
  return events.items.map(({ timestamp }) => timestamp);
};

describe('what would be', () => {
  it('had something been done at a moment, is what a second stack shows on which it was, before what came later', async () => {
    const { authorizationId, roleId, groupIds, ann, bo, cy, named, person } = organisation();
    await happened(
      wish('createAuthorization', named('may'), authorizationId),
      wish('createRole', { ...named('role'), authorizationIds: [] }, roleId),
      ...groupIds.map((id) => wish('createGroup', named('group'), id)),
      wish('createUser', person(bo)),
      wish('createUser', person(ann)),
    );
    const at = (await momentsOf(both[0], ann)).at(-1)!;
    const madeId = randomUUID();
    const made = named('made');
    const supposed = [
      wish('updateUser', { id: ann, firstName: 'Supposed', groupId: groupIds[1] }),
      wish('updateUser', { id: ann, email: `${bo}@example.com` }),
      wish('grantAuthorization', { roleId, authorizationId }),
      wish('createGroup', made, madeId),
      wish('createGroup', made),
      wish('updateUser', { id: bo, groupId: madeId }),
      wish('deleteGroup', { id: madeId }),
      wish('updateUser', { id: bo, roleId: randomUUID() }),
      wish('suspendUser', { id: bo, reason: 'leave' }),
      wish('deleteUser', { id: bo, expectedVersion: 1 }),
      wish('createUser', { ...person(cy), groupId: madeId }),
      wish('deleteUser', { id: cy }),
    ];
    const real: Row[] = [];
    for (const each of supposed) real.push(await send(both[1], each));
    await happened(
      wish('updateUser', { id: ann, firstName: 'Later' }),
      wish('updateUser', { id: bo, lastName: 'Later' }),
    );

    const { outcomes, changes } = await whatIf({ at, commands: supposed.map(asked) });
    expect(outcomes.map(told)).toEqual(real.map(told));
    expect(new Set(real.map(({ status, code }) => code ?? status))).toEqual(
      new Set(['APPLIED', 'EMAIL_TAKEN', 'NAME_TAKEN', 'IN_USE', 'ROLE_NOT_FOUND', 'VERSION_CONFLICT']),
    );
    const wanted: [string, string][] = [
      ...[ann, bo, cy].map((id): [string, string] => ['user', id]),
      ['role', roleId],
      ['authorization', authorizationId],
      ...[...groupIds, madeId].map((id): [string, string] => ['group', id]),
    ];
    expect(changes.sort()).toEqual((await differencesOf(wanted)).sort());
    expect(changes.some((change) => change.startsWith(`${ann} groupId`))).toBe(true);
    expect(changes.some((change) => change.startsWith(`${ann} firstName`))).toBe(false);
  });

  it('had the past been otherwise, is what a second stack shows that was corrected', async () => {
    const { authorizationId, roleId, groupIds, ann, bo, named, person } = organisation();
    await happened(
      wish('createAuthorization', named('may'), authorizationId),
      wish('createRole', { ...named('role'), authorizationIds: [authorizationId] }, roleId),
      ...groupIds.map((id) => wish('createGroup', named('group'), id)),
      wish('createUser', person(ann)),
      wish('updateUser', { id: ann, firstName: 'First' }),
      wish('updateUser', { id: ann, firstName: 'Second', lastName: 'Second' }),
      wish('createUser', person(bo)),
      wish('updateUser', { id: bo, groupId: groupIds[1] }),
    );
    const of = (id: string, more: Row) => ({ aggregate: 'USER', aggregateId: id, ...more });
    // Each at the moments of its stack.
    const correctionsOn = async (client: Client) => {
      const [created] = await momentsOf(client, ann);
      return [
        of(ann, { kind: 'REPLACE', version: 2, payload: JSON.stringify({ birthDate: '1991-01-01' }) }),
        of(ann, { kind: 'INSERT', type: 'UserSuspended', payload: '{"reason":"leave"}', effectiveAt: created }),
        of(ann, { kind: 'MOVE', version: 3, effectiveAt: new Date(Date.parse(created!) - 60_000).toISOString() }),
        of(ann, { kind: 'CANCEL', version: 3 }),
        of(ann, { kind: 'CANCEL', version: 3 }),
      ];
    };
    const real: Row[] = [];
    for (const correction of await correctionsOn(both[1]))
      real.push(await send(both[1], wish('correctEvent', correction)));
    await send(both[1], wish('correctEvent', of(bo, { kind: 'CANCEL', version: 2 })));

    const { outcomes, changes } = await whatIf({
      at: new Date(Date.now() + 3_600_000).toISOString(),
      corrections: await correctionsOn(both[0]),
      without: [{ aggregate: 'USER', aggregateId: bo, version: 2 }],
    });
    expect(outcomes.map(told)).toEqual(real.map(told));
    expect(real.map(({ status }) => status)).toEqual(['APPLIED', 'APPLIED', 'REJECTED', 'APPLIED', 'REJECTED']);
    const wanted = [ann, bo].map((id): [string, string] => ['user', id]);
    expect(changes.sort()).toEqual((await differencesOf(wanted)).sort());
    expect(changes.map((change) => change.split(' ', 2).join(' '))).toEqual(
      expect.arrayContaining([`${ann} birthDate`, `${ann} firstName`, `${bo} groupId`]),
    );
  });
});
