import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../generated/schema.ts';
import { admin, type Client, eventually, unique } from '../support/clients/client.ts';
import { RawSubscriber, type Stream } from '../support/clients/rawSubscriber.ts';
import { sweeps } from '../support/runs.ts';
import { organisation, person } from './organisation.ts';

let client: Client;
let ids: Awaited<ReturnType<typeof organisation>>;

beforeAll(async () => {
  // An actor of its own: other tests store events at the same time.
  client = await admin(`auth0|${unique('historian')}`);
  ids = await organisation(client);
});

const eventFields = 'eventId aggregate aggregateId version type payload executionQueue timestamp commandId actor';
const invalid = (field: string) => ({
  errorType: 'INVALID',
  errorInfo: { field },
  message: expect.stringMatching(new RegExp(`^${field}: `)),
});
const before = (moment: string, milliseconds = 1) => new Date(Date.parse(moment) - milliseconds).toISOString();

interface Page {
  items: Event[];
  nextToken: string | null;
}

const page = async (
  field: string,
  declaration: string,
  call: string,
  variables: Record<string, unknown>,
): Promise<Page> =>
  (
    await client.get<Record<string, Page>>(
      `query(${declaration}, $limit: Int, $nextToken: String) { ${field}(${call}, limit: $limit, nextToken: $nextToken) { items { ${eventFields} } nextToken } }`,
      variables,
    )
  )[field]!;

const streamPage = (aggregate: string, id: string, variables: Record<string, unknown> = {}) =>
  page('events', '$a: AggregateType!, $id: ID!', 'aggregate: $a, aggregateId: $id', { a: aggregate, id, ...variables });
const sincePage = (since: string, variables: Record<string, unknown> = {}) =>
  page('eventsSince', '$t: AWSDateTime!', 'timestamp: $t', { t: since, ...variables });
const historyOf = async (aggregate: string, id: string) => (await streamPage(aggregate, id, { limit: 100 })).items;

const allPages = async (next: (nextToken: string | null) => Promise<Page>): Promise<Event[]> => {
  const found: Event[] = [];
  let nextToken: string | null = null;
  do {
    const { items, nextToken: following } = await next(nextToken);
    found.push(...items);
    nextToken = following;
  } while (nextToken);
  return found;
};

const newUser = async (more: Record<string, unknown> = {}) => {
  const input = person({ roleId: ids.roleId, groupId: ids.groupId, ...more });
  await client.apply('createUser', input);
  return input as typeof input & { email: string };
};

describe('the history of one aggregate', () => {
  it('comes in order of version, page by page, each event with its command and its actor', async () => {
    const user = await newUser();
    const receipts = [];
    for (let n = 2; n <= 7; n += 1) {
      const outcome = await client.run('updateUser', { id: user.id, firstName: `Name ${n}` });
      receipts.push(outcome);
    }
    const found = await allPages((nextToken) => streamPage('USER', user.id, { limit: 3, nextToken }));
    expect(found.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(found.slice(1).map(({ commandId }) => commandId)).toEqual(receipts.map(({ commandId }) => commandId));
    expect(found[0]).toMatchObject({
      aggregate: 'USER',
      aggregateId: user.id,
      type: 'UserCreated',
      executionQueue: 'executeCreateUserQueue',
      actor: `admin:${client.sub}`,
    });
    expect(JSON.parse(found[0]!.payload as string)).toEqual({
      firstName: 'Ann',
      lastName: 'Lee',
      birthDate: '1990-02-28',
      email: user.email,
      roleId: ids.roleId,
      groupId: ids.groupId,
    });
    expect(found[6]).toMatchObject({ type: 'UserUpdated', executionQueue: 'executeUpdateUserQueue' });
    expect(JSON.parse(found[6]!.payload as string)).toEqual({ firstName: 'Name 7' });
    expect(
      [...found].sort(
        (one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp) || one.version - other.version,
      ),
    ).toEqual(found);
    expect(new Set(found.map(({ eventId }) => eventId)).size).toBe(7);
  });

  it('says names, by fragments and aliases too, and none of a person who was erased', async () => {
    const user = await newUser();
    const ask = async () =>
      (
        await client.get(
          `query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { called: name ...Named refersTo { aggregate id name } } } }
           fragment Named on Event { name }`,
          { id: user.id },
        )
      )['events'].items;
    const [roleName, groupName] = await Promise.all([
      client.get('query($id: ID!) { role(id: $id) { name } }', { id: ids.roleId }),
      client.get('query($id: ID!) { group(id: $id) { name } }', { id: ids.groupId }),
    ]).then(([{ role }, { group }]) => [role.name, group.name] as string[]);
    const refersTo = [
      { aggregate: 'ROLE', id: ids.roleId, name: roleName },
      { aggregate: 'GROUP', id: ids.groupId, name: groupName },
    ];
    expect(await ask()).toEqual([{ called: 'Ann Lee', name: 'Ann Lee', refersTo }]);
    expect(await client.run('eraseUser', { id: user.id })).toMatchObject({ status: 'APPLIED' });
    expect(await ask()).toEqual([1, 2].map(() => ({ called: null, name: null, refersTo: [] })));
    expect(
      (
        await client.get(
          'query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { refersTo { name } } } }',
          {
            id: user.id,
          },
        )
      )['events'].items,
    ).toEqual([1, 2].map(() => ({ refersTo: [] })));
  });

  it('is empty where there is none, and ends on a full page', async () => {
    expect(await streamPage('GROUP', randomUUID())).toEqual({ items: [], nextToken: null });
    expect(await streamPage('ROLE', ids.roleId, { limit: 1 })).toMatchObject({
      items: [{ version: 1 }],
      nextToken: null,
    });
  });

  it('refuses sizes, ids and tokens that are not its own', async () => {
    const user = await newUser();
    await client.apply('updateUser', { id: user.id, firstName: 'B' });
    const query =
      'query($a: AggregateType!, $id: ID!, $limit: Int, $nextToken: String) { events(aggregate: $a, aggregateId: $id, limit: $limit, nextToken: $nextToken) { nextToken } }';
    const refusal = async (variables: Record<string, unknown>) =>
      (await client.ask(query, { a: 'USER', id: user.id, ...variables })).errors?.[0];
    for (const limit of [0, -1, 101]) expect(await refusal({ limit })).toMatchObject(invalid('limit'));
    expect(await refusal({ id: '' })).toMatchObject(invalid('aggregateId'));
    const { nextToken } = await streamPage('USER', user.id, { limit: 1 });
    expect(await refusal({ nextToken })).toBeUndefined();
    for (const foreign of ['foreign', '', Buffer.from('{}').toString('base64url'), `${nextToken}x`.slice(5)])
      expect(await refusal({ nextToken: foreign })).toMatchObject(invalid('nextToken'));
    expect(await refusal({ id: (await newUser()).id, nextToken })).toMatchObject(invalid('nextToken'));
    expect((await client.ask(query, { a: 'PLANET', id: user.id })).errors).toHaveLength(1);
  });
});

describe('the audit of all events', () => {
  it('comes in one order, page by page, whatever the page size, each event with its command and its actor', async () => {
    const start = (await historyOf('ROLE', ids.roleId))[0]!.timestamp;
    const users = await Promise.all(Array.from({ length: 4 }, () => newUser()));
    await Promise.all(users.map(({ id }) => client.apply('updateUser', { id, lastName: 'Leigh' })));
    const expected = (
      await Promise.all([
        ...users.map(({ id }) => historyOf('USER', id)),
        historyOf('ROLE', ids.roleId),
        historyOf('GROUP', ids.groupId),
      ])
    )
      .flat()
      .filter(({ timestamp }) => timestamp >= start)
      .sort(
        (one, other) =>
          Date.parse(one.timestamp) - Date.parse(other.timestamp) || (one.eventId < other.eventId ? -1 : 1),
      );
    // Every test's events are in it: small pages of them are many.
    for (const limit of [100, sweeps ? 3 : 17]) {
      const found = (await allPages((nextToken) => sincePage(start, { limit, nextToken }))).filter(
        ({ actor }) => actor === `admin:${client.sub}`,
      );
      const wanted = new Set(expected.map(({ eventId }) => eventId));
      expect(
        found.filter(({ eventId }) => wanted.has(eventId)),
        `pages of ${limit}`,
      ).toEqual(expected);
      expect(new Set(found.map(({ eventId }) => eventId)).size).toBe(found.length);
      for (const { commandId } of found) expect(commandId).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('begins at the moment, included', async () => {
    const user = await newUser();
    const [created] = await historyOf('USER', user.id);
    const ownSince = async (moment: string) =>
      (await allPages((nextToken) => sincePage(moment, { limit: 100, nextToken }))).filter(
        ({ aggregateId }) => aggregateId === user.id,
      );
    expect(await ownSince(created!.timestamp)).toEqual([created]);
    expect(await ownSince(before(created!.timestamp, -1))).toEqual([]);
    for (const future of [new Date(Date.now() + 60_000).toISOString(), '2999-01-01T00:00:00Z'])
      expect(await sincePage(future)).toEqual({ items: [], nextToken: null });
  });

  it('is narrowed by whose, of what, of which types and until when, page by page', async () => {
    const author = await admin(`auth0|${unique('author')}`);
    const [start] = await historyOf('ROLE', ids.roleId);
    const actor = `admin:${author.sub}`;
    const id = await author.apply('createGroup', { name: unique('audited'), description: 'd' });
    const roleId = await author.apply('createRole', {
      name: unique('audited'),
      description: 'd',
      authorizationIds: [],
    });
    for (const description of ['e', 'f']) await author.apply('updateGroup', { id, description });
    await client.apply('updateGroup', { id, description: 'of another' });
    const narrowed = async (filter: Record<string, unknown>, limit = 100) =>
      (
        await allPages((nextToken) =>
          page(
            'eventsSince',
            '$t: AWSDateTime!, $until: AWSDateTime, $actor: String, $aggregate: AggregateType, $types: [String!]',
            'timestamp: $t, until: $until, actor: $actor, aggregate: $aggregate, types: $types',
            { t: start!.timestamp, ...filter, limit, nextToken },
          ),
        )
      ).map(({ aggregateId, version }) => `${aggregateId} ${version}`);
    const own = [`${id} 1`, `${roleId} 1`, `${id} 2`, `${id} 3`];
    await eventually('the indexes to follow', async () => (await narrowed({ actor })).length === own.length);
    expect(await narrowed({ actor })).toEqual(own);
    expect(await narrowed({ actor }, 1)).toEqual(own);
    expect(await narrowed({ actor, aggregate: 'GROUP' })).toEqual(own.filter((each) => each.startsWith(id)));
    expect(await narrowed({ actor, types: ['GroupUpdated', 'RoleCreated'] }, 2)).toEqual(own.slice(1));
    expect(await narrowed({ actor, aggregate: 'USER' })).toEqual([]);
    const updates = await narrowed({ aggregate: 'GROUP', types: ['GroupUpdated'] });
    expect(updates.filter((each) => each.startsWith(id))).toEqual([`${id} 2`, `${id} 3`, `${id} 4`]);
    const [, second] = await historyOf('GROUP', id);
    expect(await narrowed({ actor, until: second!.timestamp })).toEqual(own.slice(0, 3));
    expect(await narrowed({ actor, until: before(second!.timestamp) })).toEqual(own.slice(0, 2));
    const refusal = async (given: string) =>
      (await client.ask(`{ eventsSince(timestamp: "2026-01-01T00:00:00Z", ${given}) { nextToken } }`)).errors?.[0];
    expect(await refusal('until: "2025-01-01T00:00:00Z"')).toMatchObject(invalid('until'));
    expect(await refusal('types: ["UserExploded"]')).toMatchObject(invalid('types'));
    expect(await refusal('actor: ""')).toMatchObject(invalid('actor'));
  });

  it('refuses sizes, moments and tokens that are not its own', async () => {
    const query =
      'query($t: AWSDateTime!, $limit: Int, $nextToken: String) { eventsSince(timestamp: $t, limit: $limit, nextToken: $nextToken) { nextToken } }';
    const refusal = async (variables: Record<string, unknown>) =>
      (await client.ask(query, { t: '2020-01-01T00:00:00Z', ...variables })).errors?.[0];
    for (const limit of [0, -1, 101]) expect(await refusal({ limit })).toMatchObject(invalid('limit'));
    const { nextToken } = await sincePage('2020-01-01T00:00:00Z', { limit: 1 });
    expect(nextToken).toBeTruthy();
    expect(await refusal({ nextToken })).toBeUndefined();
    expect(await refusal({ t: '2020-01-01T00:00:01Z', nextToken })).toMatchObject(invalid('nextToken'));
    const user = await newUser();
    await client.apply('updateUser', { id: user.id, firstName: 'B' });
    for (const foreign of ['foreign', (await streamPage('USER', user.id, { limit: 1 })).nextToken])
      expect(await refusal({ nextToken: foreign })).toMatchObject(invalid('nextToken'));
    expect(await refusal({ t: 'yesterday' })).toBeDefined();
    expect(await refusal({ t: '2020-01-01T00:00:00' })).toBeDefined();
  });
});

const shapes: Record<string, string> = {
  userAt:
    'id firstName lastName birthDate email roleId groupId version createdAt updatedAt role { id name description version authorizations { id name } } group { id name version } authorizations { id name description }',
  roleAt: 'id name description authorizationIds version createdAt updatedAt authorizations { id name version }',
  authorizationAt: 'id name description version createdAt updatedAt',
  groupAt: 'id name description version createdAt updatedAt',
};

const at = async (field: string, id: string, timestamp: string, knownAt?: string) =>
  (
    await client.get(
      `query($id: ID!, $t: AWSDateTime!, $k: AWSDateTime) { ${field}(id: $id, timestamp: $t, knownAt: $k) { ${shapes[field]} } }`,
      { id, t: timestamp, k: knownAt },
    )
  )[field];

const correct = (aggregate: string, aggregateId: string, version: number, payload: unknown) =>
  client.run('correctEvent', {
    aggregate,
    aggregateId,
    version,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });

const corrected = async (...given: Parameters<typeof correct>) => {
  const outcome = await correct(...given);
  expect(outcome).toMatchObject({ status: 'APPLIED', operation: 'correctEvent', code: null });
  await client.shown(outcome);
  return outcome;
};

describe('the past of an aggregate', () => {
  it.each(['role', 'authorization', 'group'])('%s: as it was at each moment of its life', async (aggregate) => {
    const type = aggregate.charAt(0).toUpperCase() + aggregate.slice(1);
    const name = unique(aggregate);
    const id = await client.apply(`create${type}`, {
      name,
      description: 'first',
      ...(aggregate === 'role' && { authorizationIds: [ids.authorizationId] }),
    });
    await client.apply(`update${type}`, { id, description: 'second' });
    await client.apply(`delete${type}`, { id });
    const [created, updated, deleted] = (await historyOf(aggregate.toUpperCase(), id)).map(
      ({ timestamp }) => timestamp,
    ) as [string, string, string];
    const then = (moment: string) => at(`${aggregate}At`, id, moment);
    expect(await then(before(created))).toBeNull();
    expect(await then(created)).toMatchObject({
      id,
      name,
      description: 'first',
      version: 1,
      createdAt: created,
      updatedAt: created,
      ...(aggregate === 'role' && {
        authorizationIds: [ids.authorizationId],
        authorizations: [{ id: ids.authorizationId }],
      }),
    });
    expect(await then(before(deleted))).toMatchObject({
      description: 'second',
      version: 2,
      createdAt: created,
      updatedAt: updated,
    });
    expect(await then(deleted)).toBeNull();
    expect(await then(new Date().toISOString())).toBeNull();
  });

  it('shows what a user refers to as that was at the same moment', async () => {
    const own = await organisation(client);
    const user = await newUser({ roleId: own.roleId, groupId: own.groupId });
    const [created] = await historyOf('USER', user.id);
    const [roleBefore, groupBefore] = [
      await at('roleAt', own.roleId, created!.timestamp),
      await at('groupAt', own.groupId, created!.timestamp),
    ];
    const second = await client.apply('createAuthorization', { name: unique('later'), description: 'Later' });
    await client.apply('updateRole', {
      id: own.roleId,
      name: unique('renamed'),
      authorizationIds: [own.authorizationId, second],
    });
    await client.apply('updateGroup', { id: own.groupId, name: unique('renamed') });
    await client.apply('updateAuthorization', { id: own.authorizationId, description: 'Renamed' });
    await client.apply('updateUser', { id: user.id, groupId: null });
    await client.apply('deleteGroup', { id: own.groupId });

    expect(await at('userAt', user.id, created!.timestamp)).toMatchObject({
      firstName: 'Ann',
      version: 1,
      role: { id: own.roleId, name: roleBefore.name, version: 1, authorizations: [{ id: own.authorizationId }] },
      group: { id: own.groupId, name: groupBefore.name, version: 1 },
      authorizations: [{ id: own.authorizationId, description: 'May do it' }],
    });
    const today = await at('userAt', user.id, new Date().toISOString());
    expect(today).toMatchObject({
      version: 2,
      groupId: null,
      group: null,
      role: { version: 2 },
      authorizations: [{ id: own.authorizationId, description: 'Renamed' }, { id: second }],
    });
    const live = (await client.get(`query($id: ID!) { user(id: $id) { ${shapes['userAt']} } }`, { id: user.id }))[
      'user'
    ];
    expect(today).toEqual(live);
  });

  it('refuses moments and ids that are none', async () => {
    const refusal = async (field: string, variables: Record<string, unknown>) =>
      (
        await client.ask(
          `query($id: ID!, $t: AWSDateTime!, $k: AWSDateTime) { ${field}(id: $id, timestamp: $t, knownAt: $k) { id } }`,
          { id: 'x', t: '2026-01-01T00:00:00Z', ...variables },
        )
      ).errors?.[0];
    for (const field of Object.keys(shapes)) {
      expect(await refusal(field, {})).toBeUndefined();
      expect(await refusal(field, { id: '' })).toMatchObject(invalid('id'));
      expect(await refusal(field, { t: 'then' })).toBeDefined();
      expect(await refusal(field, { k: 'now' })).toBeDefined();
    }
  });
});

describe('the application as of a moment', () => {
  const everyAt = async (field: string, variables: Record<string, unknown>, limit = 100) => {
    const found: Record<string, any>[] = [];
    let nextToken: string | null = null;
    do {
      const { [field]: page }: any = await client.get(
        `query($t: AWSDateTime!, $k: AWSDateTime, $limit: Int, $nextToken: String) {
          ${field}(timestamp: $t, knownAt: $k, limit: $limit, nextToken: $nextToken) { items { ${shapes[field.replace('sAt', 'At')]} } nextToken }
        }`,
        { ...variables, limit, nextToken },
      );
      found.push(...page.items);
      nextToken = page.nextToken;
    } while (nextToken);
    return found;
  };

  it('shows who and what was there, with what belonged to it then, page by page', async () => {
    const own = await organisation(client);
    const users = [];
    for (const n of [1, 2, 3])
      users.push(await newUser({ ...own, firstName: `Number ${n}`, authorizationId: undefined }));
    const [gone, changed] = users;
    const kept = users.map(({ id }) => id);
    const then = (await historyOf('USER', users[2]!.id))[0]!.timestamp;
    const wanted = await Promise.all(kept.map((id) => at('userAt', id, then)));
    await client.apply('deleteUser', { id: gone!.id });
    await client.apply('updateUser', { id: changed!.id, firstName: 'Changed' });
    await client.apply('updateRole', { id: own.roleId, name: unique('renamed') });
    await client.apply('updateGroup', { id: own.groupId, name: unique('renamed') });
    const later = await newUser({ roleId: own.roleId, groupId: own.groupId });
    const ofThem = (list: Record<string, any>[]) => list.filter(({ id }) => [...kept, later.id].includes(id));

    for (const limit of [100, sweeps ? 7 : 33])
      expect(ofThem(await everyAt('usersAt', { t: then }, limit))).toEqual(wanted);
    const known = new Date().toISOString();
    await corrected('USER', changed!.id, 1, {
      ...changed,
      id: undefined,
      authorizationId: undefined,
      firstName: 'Corrected',
    });
    expect(ofThem(await everyAt('usersAt', { t: then, k: known }))).toEqual(wanted);
    expect(ofThem(await everyAt('usersAt', { t: then })).map(({ firstName }) => firstName)).toEqual([
      'Number 1',
      'Corrected',
      'Number 3',
    ]);
    const today = new Date(Date.now() + 1000).toISOString();
    await eventually('all to be listed', async () => ofThem(await everyAt('usersAt', { t: today })).length === 3);
    expect(ofThem(await everyAt('usersAt', { t: today })).map(({ id }) => id)).toEqual([...kept.slice(1), later.id]);
    for (const [field, id] of [
      ['rolesAt', own.roleId],
      ['groupsAt', own.groupId],
      ['authorizationsAt', own.authorizationId],
    ] as const)
      expect((await everyAt(field, { t: then })).filter((each) => each['id'] === id)).toEqual([
        await at(field.replace('sAt', 'At'), id, then),
      ]);
    expect(ofThem(await everyAt('usersAt', { t: '2020-01-01T00:00:00Z' }))).toEqual([]);
  });

  it('says what differs between two moments, attribute by attribute, and by whom', async () => {
    const user = await newUser();
    const author = await admin(`auth0|${unique('author')}`);
    const from = (await historyOf('USER', user.id))[0]!.timestamp;
    await author.apply('updateUser', { id: user.id, firstName: 'Bea', groupId: null });
    const name = unique('between');
    const groupId = await author.apply('createGroup', { name, description: 'd' });
    const to = (await historyOf('GROUP', groupId))[0]!.timestamp;
    await author.apply('updateUser', { id: user.id, firstName: 'Later' });
    const query = `query($from: AWSDateTime!, $to: AWSDateTime!, $a: AggregateType, $id: ID, $limit: Int, $nextToken: String) {
      changesBetween(from: $from, to: $to, aggregate: $a, aggregateId: $id, limit: $limit, nextToken: $nextToken) {
        items { aggregate aggregateId attribute before after actor } nextToken } }`;
    const between = async (variables: Record<string, unknown>) => {
      const found: Record<string, unknown>[] = [];
      let nextToken: string | null = null;
      do {
        const page: any = (await client.get(query, { from, to, ...variables, nextToken }))['changesBetween'];
        found.push(...page.items);
        nextToken = page.nextToken;
      } while (nextToken);
      return found;
    };
    const actor = `admin:${author.sub}`;
    const change = (attribute: string, before: unknown, after: unknown) => ({
      aggregate: 'USER',
      aggregateId: user.id,
      attribute,
      before: before === null ? null : JSON.stringify(before),
      after: after === null ? null : JSON.stringify(after),
      actor,
    });
    const ofUser = [change('firstName', 'Ann', 'Bea'), change('groupId', ids.groupId, null)];
    const ofGroup = [change('name', null, name), change('description', null, 'd')].map((each) => ({
      ...each,
      aggregate: 'GROUP',
      aggregateId: groupId,
    }));
    expect(await between({ a: 'USER', id: user.id })).toEqual(ofUser);
    await eventually('the index to follow', async () =>
      (await between({ limit: 1 })).some(({ aggregateId }) => aggregateId === groupId),
    );
    expect((await between({ limit: 1 })).filter((each) => each['actor'] === actor)).toEqual([...ofUser, ...ofGroup]);
    expect((await between({ a: 'GROUP' })).filter((each) => each['actor'] === actor)).toEqual(ofGroup);
    expect((await client.ask(query, { from: to, to: from })).errors?.[0]).toMatchObject(invalid('to'));
  });

  it('says what would be, and leaves everything as it is', async () => {
    const user = await newUser();
    const other = await newUser();
    const groupId = randomUUID();
    const ask = async (input: Record<string, unknown>) =>
      (
        await client.get(
          `query($input: WhatIfInput!) { whatIf(input: $input) {
            outcomes { commandId status operation aggregate aggregateId version code message }
            changes { aggregate aggregateId attribute before after actor } } }`,
          { input: { at: new Date(Date.now() + 1000).toISOString(), ...input } },
        )
      )['whatIf'];
    const command = (operation: string, input: Record<string, unknown>, commandId?: string) => ({
      operation,
      input: JSON.stringify(input),
      commandId,
    });
    const { outcomes, changes } = await ask({
      corrections: [
        {
          aggregate: 'USER',
          aggregateId: other.id,
          kind: 'REPLACE',
          version: 1,
          payload: JSON.stringify({ ...other, id: undefined, lastName: 'Corrected' }),
        },
      ],
      commands: [
        command('createGroup', { name: unique('supposed'), description: 'd' }, groupId),
        command('updateUser', { id: user.id, groupId }),
        command('updateUser', { id: user.id, email: other.email }),
        command('deleteGroup', { id: ids.groupId }),
        command('deleteUser', { id: user.id, expectedVersion: 1 }),
      ],
    });
    expect(outcomes.map(({ status, code, version }: any) => code ?? `${status} ${version}`)).toEqual([
      'APPLIED 2',
      'APPLIED 1',
      'APPLIED 2',
      'EMAIL_TAKEN',
      'IN_USE',
      'VERSION_CONFLICT',
    ]);
    expect(outcomes[1]).toMatchObject({
      commandId: groupId,
      operation: 'createGroup',
      aggregate: 'GROUP',
      aggregateId: groupId,
    });
    expect(changes).toContainEqual({
      aggregate: 'USER',
      aggregateId: user.id,
      attribute: 'groupId',
      before: JSON.stringify(ids.groupId),
      after: JSON.stringify(groupId),
      actor: null,
    });
    expect(changes).toContainEqual(
      expect.objectContaining({ aggregateId: other.id, after: JSON.stringify('Corrected') }),
    );
    expect(await historyOf('USER', user.id)).toHaveLength(1);
    expect(await historyOf('GROUP', groupId)).toEqual([]);
    const without = await ask({ without: [{ aggregate: 'USER', aggregateId: user.id, version: 1 }] });
    expect(without.changes).toContainEqual(expect.objectContaining({ attribute: 'email', after: null }));
    const refused = await client.ask('query($input: WhatIfInput!) { whatIf(input: $input) { changes { after } } }', {
      input: { at: new Date().toISOString(), commands: [command('explode', {})] },
    });
    expect(refused.errors?.[0]).toMatchObject({ errorType: 'INVALID', errorInfo: { field: 'commands[0].operation' } });
  });

  it('says what comes of it when it is done: every outcome, and every difference', async () => {
    const [ann, bo] = [await newUser(), await newUser()];
    const [groupId, roleId, grantedId] = [randomUUID(), randomUUID(), randomUUID()];
    const named = (name: string) => ({ name: unique(name), description: 'd' });
    const group = named('supposed');
    const correction = {
      aggregate: 'USER',
      aggregateId: bo.id,
      kind: 'REPLACE',
      version: 1,
      payload: JSON.stringify({ ...bo, id: undefined, lastName: 'Corrected' }),
    };
    const wishes: [operation: string, input: Record<string, unknown>, commandId?: string][] = [
      ['createGroup', group, groupId],
      ['createGroup', group],
      ['createAuthorization', named('granted'), grantedId],
      ['createRole', { ...named('made'), authorizationIds: [] }, roleId],
      ['grantAuthorization', { roleId, authorizationId: grantedId }],
      ['updateUser', { id: ann.id, groupId, roleId, lastName: 'Moved' }],
      ['updateUser', { id: ann.id, email: bo.email }],
      ['updateUser', { id: ann.id, roleId: randomUUID() }],
      ['deleteGroup', { id: groupId }],
      ['suspendUser', { id: ann.id, reason: 'leave' }],
      ['deleteUser', { id: bo.id, expectedVersion: 1 }],
      ['deleteUser', { id: bo.id }],
      ['updateUser', { id: ann.id, email: bo.email }],
      ['restoreUser', { id: bo.id }],
      ['updateUser', { id: ann.id, groupId: null }],
      ['deleteGroup', { id: groupId }],
    ];
    const commands = wishes.map(([operation, input, commandId = randomUUID()]) => ({ operation, input, commandId }));
    const { outcomes, changes } = (
      await client.get(
        `query($input: WhatIfInput!) { whatIf(input: $input) {
          outcomes { status operation aggregateId version code } changes { aggregateId attribute before after } } }`,
        {
          input: {
            // Surely still to come when it is asked.
            at: new Date(Date.now() + 3_600_000).toISOString(),
            corrections: [correction],
            commands: commands.map((each) => ({ ...each, input: JSON.stringify(each.input) })),
          },
        },
      )
    )['whatIf'];

    const attributes = {
      user: 'firstName lastName birthDate email emailVerified roleId groupId status suspensionReason suspendedUntil',
      role: 'name description authorizationIds',
      group: 'name description',
      authorization: 'name description',
    };
    const wanted = [
      ['user', ann.id],
      ['user', bo.id],
      ['role', roleId],
      ['group', groupId],
      ['authorization', grantedId],
    ] as const;
    const rows = () =>
      Promise.all(
        wanted.map(async ([aggregate, id]) => {
          const query = `query($id: ID!) { ${aggregate}(id: $id) { ${attributes[aggregate]} } }`;
          return (await client.get<Record<string, Record<string, unknown> | null>>(query, { id }))[aggregate] ?? {};
        }),
      );
    const before = await rows();
    const real: Record<string, unknown>[] = [];
    for (const { operation, input, commandId } of [
      { operation: 'correctEvent', input: correction, commandId: randomUUID() },
      ...commands,
    ]) {
      const outcome = await client.run(operation, input, commandId);
      if (outcome.status === 'APPLIED') await client.shown(outcome);
      real.push(outcome as unknown as Record<string, unknown>);
    }
    const told = ({ status, operation, aggregateId, version, code }: Record<string, unknown>) => ({
      status,
      operation,
      aggregateId,
      version,
      code,
    });
    expect(outcomes.map(told)).toEqual(real.map(told));
    expect(new Set(real.map(({ status, code }) => code ?? status))).toEqual(
      new Set(['APPLIED', 'NAME_TAKEN', 'EMAIL_TAKEN', 'ROLE_NOT_FOUND', 'IN_USE', 'VERSION_CONFLICT']),
    );
    const after = await rows();
    const differences = wanted.flatMap(([aggregate, aggregateId], index) =>
      attributes[aggregate].split(' ').flatMap((attribute) => {
        const [was, is] = [before, after].map((all) => JSON.stringify(all[index]![attribute] ?? null));
        return was === is ? [] : [[aggregateId, attribute, was, is].join(' ')];
      }),
    );
    const supposed = (changes as Record<string, string | null>[]).map(
      ({ aggregateId, attribute, before: was, after: is }) =>
        [aggregateId, attribute, was ?? 'null', is ?? 'null'].join(' '),
    );
    expect(supposed.sort()).toEqual(differences.sort());
  });

  it('shows nothing of a person who was erased since', async () => {
    const user = await newUser();
    const then = (await historyOf('USER', user.id))[0]!.timestamp;
    expect((await everyAt('usersAt', { t: then })).some(({ id }) => id === user.id)).toBe(true);
    expect(await client.run('eraseUser', { id: user.id })).toMatchObject({ status: 'APPLIED' });
    expect((await everyAt('usersAt', { t: then })).some(({ id }) => id === user.id)).toBe(false);
  });

  it('refuses moments, sizes and tokens that are none', async () => {
    const refusal = async (given: string) => (await client.ask(`{ usersAt(${given}) { nextToken } }`)).errors?.[0];
    const t = 'timestamp: "2026-01-01T00:00:00Z"';
    expect(await refusal(t)).toBeUndefined();
    expect(await refusal(`${t}, limit: 101`)).toMatchObject(invalid('limit'));
    expect(await refusal(`${t}, nextToken: "foreign"`)).toMatchObject(invalid('nextToken'));
    expect(await refusal('timestamp: "9999-12-31T23:59:59.9999999-05:00"')).toMatchObject(invalid('timestamp'));
    expect(await refusal(`${t}, knownAt: "0000-01-01T00:00:00+18:00"`)).toMatchObject(invalid('knownAt'));
  });
});

describe('a correction', () => {
  const annOf = (email: string) => ({
    firstName: 'Ann',
    lastName: 'Lee',
    birthDate: '1990-02-28',
    email,
    roleId: ids.roleId,
    groupId: ids.groupId,
  });
  const userNow = async (id: string) =>
    (
      await client.get('query($id: ID!) { user(id: $id) { firstName lastName birthDate email version updatedAt } }', {
        id,
      })
    )['user'];

  it('changes what the past was, and not what was known of it; the wrong event stays on record', async () => {
    const user = await newUser();
    await client.apply('updateUser', { id: user.id, firstName: 'Anna' });
    const wrong = await historyOf('USER', user.id);
    const [t1, t2] = wrong.map(({ timestamp }) => timestamp) as [string, string];
    const outcome = await corrected('USER', user.id, 1, { ...annOf(user.email), firstName: 'An', lastName: 'Leigh' });
    expect(outcome).toMatchObject({ aggregate: 'USER', aggregateId: user.id, version: 3 });

    expect(await userNow(user.id)).toMatchObject({ firstName: 'Anna', lastName: 'Leigh', version: 3 });
    const history = await historyOf('USER', user.id);
    expect(history.slice(0, 2)).toEqual(wrong);
    expect(history[2]).toMatchObject({
      type: 'UserCorrected',
      executionQueue: 'executeCorrectEventQueue',
      commandId: outcome.commandId,
      actor: `admin:${client.sub}`,
    });
    expect(JSON.parse(history[2]!.payload as string)).toEqual({
      version: 1,
      payload: { ...annOf(user.email), firstName: 'An', lastName: 'Leigh' },
    });

    const t3 = history[2]!.timestamp;
    const known = before(t3);
    expect(await at('userAt', user.id, t1)).toMatchObject({ firstName: 'An', lastName: 'Leigh', version: 1 });
    expect(await at('userAt', user.id, t1, known)).toMatchObject({ firstName: 'Ann', lastName: 'Lee', version: 1 });
    expect(await at('userAt', user.id, t2, known)).toMatchObject({ firstName: 'Anna', lastName: 'Lee', version: 2 });
    expect(await at('userAt', user.id, t2)).toMatchObject({ firstName: 'Anna', lastName: 'Leigh', version: 2 });
    expect(await at('userAt', user.id, t2, t3)).toMatchObject({ firstName: 'Anna', lastName: 'Leigh', version: 2 });
    expect(await at('userAt', user.id, t3)).toMatchObject({
      firstName: 'Anna',
      lastName: 'Leigh',
      version: 3,
      updatedAt: t3,
    });
  });

  it('of a correction: the last word counts, and each was known in its time', async () => {
    const id = await client.apply('createGroup', { name: unique('group'), description: 'wrong' });
    const name = (await at('groupAt', id, new Date().toISOString())).name;
    await corrected('GROUP', id, 1, { name, description: 'less wrong' });
    await corrected('GROUP', id, 2, { name, description: 'right' });
    const [t1, t2, t3] = (await historyOf('GROUP', id)).map(({ timestamp }) => timestamp) as [string, string, string];
    expect((await at('groupAt', id, t1)).description).toBe('right');
    expect((await at('groupAt', id, t1, t3)).description).toBe('right');
    expect((await at('groupAt', id, t1, before(t3))).description).toBe('less wrong');
    expect((await at('groupAt', id, t1, before(t2))).description).toBe('wrong');
    expect((await client.get('query($id: ID!) { group(id: $id) { description version } }', { id }))['group']).toEqual({
      description: 'right',
      version: 3,
    });
    // Correcting the first event again says the same as correcting its corrections.
    await corrected('GROUP', id, 1, { name, description: 'final' });
    expect((await client.get('query($id: ID!) { group(id: $id) { description version } }', { id }))['group']).toEqual({
      description: 'final',
      version: 4,
    });
  });

  it('shows in what refers to it, then and now', async () => {
    const own = await organisation(client);
    const user = await newUser({ roleId: own.roleId, groupId: own.groupId });
    const [created] = await historyOf('USER', user.id);
    const name = unique('right');
    await corrected('AUTHORIZATION', own.authorizationId, 1, { name, description: 'Right' });
    const [, correction] = await historyOf('AUTHORIZATION', own.authorizationId);
    expect((await at('userAt', user.id, created!.timestamp)).authorizations).toEqual([
      { id: own.authorizationId, name, description: 'Right' },
    ]);
    const known = before(correction!.timestamp);
    expect((await at('userAt', user.id, created!.timestamp, known)).authorizations).toMatchObject([
      { id: own.authorizationId, description: 'May do it' },
    ]);
  });

  it('keeps unique values: what another has is refused, what it gives up is free, what it takes is taken', async () => {
    const [one, other] = [await newUser(), await newUser()];
    expect(await correct('USER', one.id, 1, annOf(other.email.toUpperCase()))).toMatchObject({
      status: 'REJECTED',
      code: 'EMAIL_TAKEN',
    });
    expect(await historyOf('USER', one.id)).toHaveLength(1);

    const right = `${unique('Right')}@example.com`;
    await corrected('USER', one.id, 1, annOf(right));
    expect(
      (await client.get('query($e: AWSEmail!) { userByEmail(email: $e) { id email } }', { e: right.toLowerCase() }))[
        'userByEmail'
      ],
    ).toEqual({ id: one.id, email: right });
    expect(
      (await client.get('query($e: AWSEmail!) { userByEmail(email: $e) { id } }', { e: one.email }))['userByEmail'],
    ).toBeNull();
    const references = { roleId: ids.roleId, groupId: ids.groupId };
    expect(await client.run('createUser', person({ ...references, email: right }))).toMatchObject({
      code: 'EMAIL_TAKEN',
    });
    expect(await client.run('createUser', person({ ...references, email: one.email }))).toMatchObject({
      status: 'APPLIED',
    });
    // Back to what another has meanwhile.
    expect(await correct('USER', one.id, 2, annOf(one.email))).toMatchObject({ code: 'EMAIL_TAKEN' });
  });

  it('of what was changed since leaves the present, and claims, as they are', async () => {
    const user = await newUser();
    const email = `${unique('since')}@example.com`;
    await client.apply('updateUser', { id: user.id, email });
    const past = `${unique('past')}@example.com`;
    await corrected('USER', user.id, 1, annOf(past));
    expect(await userNow(user.id)).toMatchObject({ email, version: 3 });
    expect(
      await client.run('createUser', person({ roleId: ids.roleId, groupId: ids.groupId, email: past })),
    ).toMatchObject({ status: 'APPLIED' });
    expect(await client.run('createUser', person({ roleId: ids.roleId, groupId: ids.groupId, email }))).toMatchObject({
      code: 'EMAIL_TAKEN',
    });
  });

  it('does not bring back what was deleted, nor its e-mail', async () => {
    const user = await newUser();
    await client.apply('deleteUser', { id: user.id });
    const outcome = await correct('USER', user.id, 1, { ...annOf(user.email), firstName: 'Late' });
    expect(outcome).toMatchObject({ status: 'APPLIED', version: 3 });
    expect(await userNow(user.id)).toBeNull();
    expect((await at('userAt', user.id, (await historyOf('USER', user.id))[0]!.timestamp)).firstName).toBe('Late');
    expect(
      await client.run('createUser', person({ roleId: ids.roleId, groupId: ids.groupId, email: user.email })),
    ).toMatchObject({ status: 'APPLIED' });
  });

  it('by two admins at once: of those who say what they have seen one has their way, of others the later', async () => {
    const user = await newUser();
    const input = (lastName: string) => ({
      aggregate: 'USER',
      aggregateId: user.id,
      version: 1,
      payload: JSON.stringify({ ...annOf(user.email), lastName }),
    });
    const careful = await Promise.all(
      ['One', 'Two'].map((lastName) => client.run('correctEvent', { ...input(lastName), expectedVersion: 1 })),
    );
    expect(careful.map(({ status, code }) => code ?? status).sort()).toEqual(['APPLIED', 'VERSION_CONFLICT']);
    const others = await Promise.all(['Three', 'Four'].map((lastName) => client.run('correctEvent', input(lastName))));
    expect(others.map(({ version }) => version).sort()).toEqual([3, 4]);
    for (const outcome of others) await client.shown(outcome);
    const later = others.findIndex(({ version }) => version === 4);
    expect(await userNow(user.id)).toMatchObject({ lastName: ['Three', 'Four'][later], version: 4 });
    const [, , third, fourth] = await historyOf('USER', user.id);
    const knownAt = before(fourth!.timestamp);
    if (knownAt >= third!.timestamp)
      expect(await at('userAt', user.id, fourth!.timestamp, knownAt)).toMatchObject({
        lastName: ['Three', 'Four'][1 - later],
      });
  });

  it('is rejected for a version that is not there, and a payload that its type cannot have', async () => {
    const user = await newUser();
    await client.apply('updateUser', { id: user.id, firstName: 'Anna' });
    const code = async (version: number, payload: unknown) => (await correct('USER', user.id, version, payload)).code;
    expect(await code(3, { firstName: 'A' })).toBe('NOT_FOUND');
    expect((await correct('USER', unique('nobody'), 1, {})).code).toBe('NOT_FOUND');
    expect(await code(1, { firstName: 'A' })).toBe('INVALID');
    expect(await code(2, { roleId: randomUUID() })).toBe('ROLE_NOT_FOUND');
    expect(await historyOf('USER', user.id)).toHaveLength(2);
    expect(await correct('USER', user.id, 2, { firstName: 'Anna' })).toMatchObject({
      code: 'INVALID',
      message: 'version: the correction changes nothing',
    });
    expect(await historyOf('USER', user.id)).toHaveLength(2);
  });

  it('is refused at once where anyone can see that it is none', async () => {
    const query = 'mutation($input: CorrectEventInput!) { correctEvent(input: $input) { commandId } }';
    const refusal = async (more: Record<string, unknown>) =>
      (await client.ask(query, { input: { aggregate: 'USER', aggregateId: 'x', version: 1, payload: '{}', ...more } }))
        .errors?.[0];
    for (const version of [0, -1]) expect(await refusal({ version })).toMatchObject(invalid('version'));
    for (const payload of ['[]', '7', 'null']) expect(await refusal({ payload })).toMatchObject(invalid('payload'));
    expect(await refusal({ aggregateId: '' })).toMatchObject(invalid('aggregateId'));
    expect(await refusal({ payload: '{"planet":"Mars"}' })).toMatchObject(invalid('payload.planet'));
    expect(await refusal({ payload: '{"email":"nobody"}' })).toMatchObject(invalid('payload.email'));
    for (const wrong of [{ payload: '{' }, { payload: { firstName: 'A' } }, { aggregate: 'PLANET' }, { version: 1.5 }])
      expect(await refusal(wrong), JSON.stringify(wrong)).toBeDefined();
  });
});

const recoveryFields =
  'recoveryId timestamp status total discovered rebuilt changed failed cursor lastError actor startedAt updatedAt completedAt';
const recoverFrom = async (timestamp: string) =>
  (
    await client.get(`mutation($t: AWSDateTime!) { recoverFrom(timestamp: $t) { ${recoveryFields} } }`, {
      t: timestamp,
    })
  )['recoverFrom'];
const recovery = async (id: string) =>
  (await client.get(`query($id: ID!) { recovery(recoveryId: $id) { ${recoveryFields} } }`, { id }))['recovery'];
const ended = (id: string) =>
  eventually(
    `recovery ${id} ends`,
    async () => {
      const found = await recovery(id);
      return found.status !== 'RUNNING' && found;
    },
    50,
  );

describe('a recovery', () => {
  it('is told of as it goes, and can be looked up', async () => {
    const socket = await RawSubscriber.connect(client.outputs, client.token!);
    const user = await newUser();
    const moment = (await historyOf('USER', user.id))[0]!.timestamp;
    const inParis = `${new Date(Date.parse(moment) + 3_600_000).toISOString().slice(0, -1)}+01:00`;
    // One that ends before the subscription stands is not heard of.
    const followed = async (tries: number): Promise<{ started: any; progress: Stream; last: any }> => {
      const started = await recoverFrom(inParis);
      const progress = await socket.subscribe(
        `subscription($id: ID!) { onRecoveryProgress(recoveryId: $id) { ${recoveryFields} } }`,
        { id: started.recoveryId },
      );
      const last = await progress
        .next(({ status }) => status !== 'RUNNING', 10)
        .catch((error: unknown) => {
          if (tries === 1) throw error;
        });
      return last ? { started, progress, last } : followed(tries - 1);
    };
    const { started, progress, last } = await followed(4);
    expect(started).toMatchObject({
      status: 'RUNNING',
      timestamp: moment,
      total: null,
      discovered: 0,
      rebuilt: 0,
      changed: 0,
      failed: 0,
      actor: `admin:${client.sub}`,
      completedAt: null,
      lastError: null,
    });
    expect(last).toMatchObject({ recoveryId: started.recoveryId, status: 'COMPLETED', failed: 0, lastError: null });
    expect(last.total).toBeGreaterThanOrEqual(1);
    expect(last.rebuilt).toBe(last.total);
    for (const { recoveryId, total, rebuilt, failed } of progress.heard) {
      expect(recoveryId).toBe(started.recoveryId);
      if (total !== null) expect(rebuilt + failed).toBeLessThanOrEqual(total);
    }
    const standing = await recovery(started.recoveryId);
    expect(standing).toEqual(last);
    expect(standing.completedAt >= standing.startedAt).toBe(true);
    expect((await client.get('query($id: ID!) { user(id: $id) { version } }', { id: user.id }))['user']).toEqual({
      version: 1,
    });
    await socket.close();
  });

  it('from a moment after everything has nothing to do', async () => {
    for (const future of [new Date(Date.now() + 60_000).toISOString(), '2999-01-01T00:00:00Z']) {
      const { recoveryId } = await recoverFrom(future);
      expect(await ended(recoveryId)).toMatchObject({ status: 'COMPLETED', total: 0, rebuilt: 0 });
    }
  });

  it('is listed, the latest first', async () => {
    const own: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      own.push((await recoverFrom('2999-01-01T00:00:00Z')).recoveryId);
      await ended(own[n]!);
    }
    const query = `query($limit: Int, $nextToken: String) { recoveries(limit: $limit, nextToken: $nextToken) { items { ${recoveryFields} } nextToken } }`;
    const found: { recoveryId: string; startedAt: string }[] = [];
    let nextToken: string | null = null;
    do {
      const answer: { items: typeof found; nextToken: string | null } = (
        await client.get(query, { limit: 2, nextToken })
      )['recoveries'];
      expect(answer.items.length).toBeLessThanOrEqual(2);
      found.push(...answer.items);
      nextToken = answer.nextToken;
    } while (nextToken);
    expect(found.map(({ recoveryId }) => recoveryId).filter((id) => own.includes(id))).toEqual([...own].reverse());
    expect(found.map(({ startedAt }) => startedAt)).toEqual(
      found
        .map(({ startedAt }) => startedAt)
        .sort()
        .reverse(),
    );
    for (const limit of [0, 101])
      expect((await client.ask(query, { limit })).errors?.[0]).toMatchObject(invalid('limit'));
    expect((await client.ask(query, { nextToken: 'foreign' })).errors?.[0]).toMatchObject(invalid('nextToken'));
  });

  it('that has ended stays as it ended, and one that is none is refused', async () => {
    const { recoveryId } = await recoverFrom('2999-01-01T00:00:00Z');
    const done = await ended(recoveryId);
    const cancel = 'mutation($id: ID!) { cancelRecovery(recoveryId: $id) { recoveryId status completedAt } }';
    expect((await client.get(cancel, { id: recoveryId }))['cancelRecovery']).toEqual({
      recoveryId,
      status: 'COMPLETED',
      completedAt: done.completedAt,
    });
    expect((await client.ask(cancel, { id: randomUUID() })).errors?.[0]).toMatchObject({ errorType: 'NOT_FOUND' });
    expect((await client.ask(cancel, { id: 'none' })).errors?.[0]).toMatchObject(invalid('recoveryId'));
    expect(await recovery(randomUUID())).toBeNull();
    expect((await client.ask('query { recovery(recoveryId: "none") { recoveryId } }')).errors?.[0]).toMatchObject(
      invalid('recoveryId'),
    );
    for (const moment of ['yesterday', '2026-01-01', '2026-01-01T00:00:00', '', '2026-13-01T00:00:00Z']) {
      expect(
        (await client.ask('mutation($t: AWSDateTime!) { recoverFrom(timestamp: $t) { recoveryId } }', { t: moment }))
          .errors,
        moment,
      ).toHaveLength(1);
    }
    const socket = await RawSubscriber.connect(client.outputs, client.token!);
    expect(await socket.refusal('subscription { onRecoveryProgress(recoveryId: "none") { status } }')).toMatchObject([
      { errorType: 'INVALID' },
    ]);
    await socket.close();
  });
});
