import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { admin, type Client, eventually, provedBy, unique, user } from '../support/clients/client.ts';
import { organisation } from './organisation.ts';

let root: Client;

const profile = (more: Record<string, unknown> = {}) => ({
  firstName: 'Alice',
  lastName: 'Archer',
  birthDate: '1990-02-28',
  email: `${unique('alice')}@example.com`,
  ...more,
});
const everything =
  '{ id firstName lastName birthDate email roleId role { name } groupId group { name } authorizations { name } version }';
const me = async (client: Client) => (await client.get(`{ me ${everything} }`)).me;
const meAt = (client: Client, version: number) =>
  eventually(`${client.sub} at version ${version}`, async () => {
    const row = await me(client);
    return row?.version >= version && row;
  });
const eventsOf = async (id: string) =>
  (
    await root.get(
      'query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { version type actor commandId payload } } }',
      { id },
    )
  ).events.items;

/** Someone who has just signed up. */
const signedUp = async (sub = `auth0|${unique('user')}`, more?: Record<string, unknown>): Promise<Client> => {
  const client = await user(sub);
  expect(await client.run('signUp', profile(more))).toMatchObject({ status: 'APPLIED' });
  await meAt(client, 1);
  return client;
};

beforeAll(async () => {
  root = await admin();
});

it('a person is given everything that is held, and so is an admin', async () => {
  const client = await signedUp();
  const id = client.sub.replace('auth0|', '');
  const reason = 'Looked like spam';
  await root.run('suspendUser', { id, reason });
  await root.run('reinstateUser', { id });
  const refused = await root.run('updateUser', { id, lastName: 'B', expectedVersion: 9 });
  const mine = await eventually('the refusal in the index', async () => {
    const data = JSON.parse((await client.get('{ myData }')).myData);
    return data.outcomes.length > 0 && data;
  });
  expect(mine).toMatchObject({
    id,
    status: 'LIVE',
    state: { firstName: 'Alice', lastName: 'Archer', birthDate: '1990-02-28', version: 3 },
    suspensions: [{ reason }],
    history: [{ payload: { firstName: 'Alice' } }, { payload: { reason }, actor: 'admin' }, { actor: 'admin' }],
    outcomes: [{ commandId: refused.commandId, code: 'VERSION_CONFLICT', actor: 'admin' }],
    claims: [{ attribute: 'email' }],
  });
  const query = 'query($id: ID!) { personalData(id: $id) }';
  const theirs = JSON.parse((await root.get(query, { id })).personalData);
  expect(theirs).toMatchObject({ id, state: mine.state, history: [{}, { actor: `admin:${root.sub}` }, {}] });
  expect((await root.get(query, { id: unique('nobody') })).personalData).toBeNull();
  expect((await (await user(`auth0|${unique('new')}`)).get('{ myData }')).myData).toBeNull();
});

describe('the address', () => {
  const emailOf = async (id: string) =>
    (await root.get('query($id: ID!) { user(id: $id) { email emailVerified version } }', { id })).user;
  const says = async (client: Client, operation: 'signUp' | 'updateProfile', input: Record<string, unknown>) => {
    const type = operation === 'signUp' ? 'SignUpInput' : 'UpdateProfileInput';
    const { errors } = await client.ask(`mutation($input: ${type}!) { ${operation}(input: $input) { commandId } }`, {
      input,
    });
    return errors?.[0];
  };
  const refusal = { errorType: 'EMAIL_NOT_VERIFIED', errorInfo: { field: 'email' } };

  it('is the one that the token proves, and no other', async () => {
    const id = unique('proved');
    const own = `${id}@example.com`;
    const client = await provedBy(`auth0|${id}`, {});
    expect(await says(client, 'signUp', profile())).toMatchObject(refusal);
    expect(
      await says(await provedBy(client.sub, { emailVerified: false }), 'signUp', profile({ email: own })),
    ).toMatchObject(refusal);
    expect(await me(client)).toBeNull();
    expect(await client.run('signUp', profile({ email: own.toUpperCase() }))).toMatchObject({ status: 'APPLIED' });
    await meAt(client, 1);
    expect(await emailOf(id)).toMatchObject({ emailVerified: true });
    expect(await says(client, 'updateProfile', { email: `${unique('other')}@example.com` })).toMatchObject(refusal);
    expect(await client.run('updateProfile', { firstName: 'Al' })).toMatchObject({ status: 'APPLIED', version: 2 });
    const other = `${unique('other')}@example.com`;
    expect(await (await provedBy(client.sub, { email: other })).run('updateProfile', { email: other })).toMatchObject({
      status: 'APPLIED',
      version: 3,
    });
    await meAt(client, 3);
    expect(await emailOf(id)).toEqual({ email: other, emailVerified: true, version: 3 });
  });

  it('that an admin writes is not proved, until the person says the same', async () => {
    const client = await signedUp();
    const id = client.sub.slice('auth0|'.length);
    const email = `${unique('written')}@example.com`;
    await root.apply('updateUser', { id, email });
    expect(await emailOf(id)).toEqual({ email, emailVerified: false, version: 2 });
    expect(await client.run('updateProfile', { email })).toMatchObject({ status: 'APPLIED', version: 3 });
    await meAt(client, 3);
    expect(await emailOf(id)).toEqual({ email, emailVerified: true, version: 3 });
    expect(await client.run('updateProfile', { email })).toMatchObject({ status: 'APPLIED', version: 3 });
    const { roleId, groupId } = await organisation(root);
    const made = await root.apply('createUser', { ...profile(), id: unique('made'), roleId, groupId });
    expect(await emailOf(made)).toMatchObject({ emailVerified: false });
  });

  it('of one person with two accounts is taken by the first', async () => {
    const [first, second] = [await signedUp(), await user(`google-oauth2|${unique('same')}`)];
    const { email } = await me(first);
    expect(await second.run('signUp', profile({ email }))).toMatchObject({ code: 'EMAIL_TAKEN' });
    const { userByEmail } = await root.get('query($email: AWSEmail!) { userByEmail(email: $email) { id } }', { email });
    expect(userByEmail).toEqual({ id: first.sub.slice('auth0|'.length) });
  });
});

describe('at first log-in', () => {
  it('there is no own user, and no profile to update', async () => {
    const client = await user(`auth0|${unique('new')}`);
    expect(await me(client)).toBeNull();
    expect(await client.run('updateProfile', { firstName: 'A' })).toMatchObject({
      status: 'REJECTED',
      code: 'NOT_FOUND',
    });
  });

  it('the form creates it from the token’s subject, without role and group', async () => {
    const id = unique('user');
    const client = await user(`auth0|${id}`);
    const input = profile();
    const receipt = await client.send('signUp', input);
    expect(receipt).toMatchObject({ operation: 'signUp', aggregate: 'USER', aggregateId: id });
    expect(await client.outcomeOf(receipt.commandId)).toEqual({
      commandId: receipt.commandId,
      status: 'APPLIED',
      operation: 'signUp',
      aggregate: 'USER',
      aggregateId: id,
      version: 1,
      code: null,
      message: null,
      actor: `user:auth0|${id}`,
    });
    expect(await meAt(client, 1)).toEqual({
      ...input,
      id,
      roleId: null,
      role: null,
      groupId: null,
      group: null,
      authorizations: [],
      version: 1,
    });
  });

  it('the form counts once, however often it is sent', async () => {
    const client = await user(`auth0|${unique('user')}`);
    const [input, commandId] = [profile(), randomUUID()];
    const outcomes = await Promise.all([1, 2, 3].map(() => client.run('signUp', input, commandId)));
    expect(outcomes.map(({ status, version }) => [status, version])).toEqual([1, 2, 3].map(() => ['APPLIED', 1]));
    expect(await client.run('signUp', profile())).toMatchObject({ status: 'REJECTED', code: 'ALREADY_EXISTS' });
    expect((await meAt(client, 1)).email).toBe(input.email);
  });

  it('a wrong form is refused at once, by field and rule', async () => {
    const client = await user(`auth0|${unique('user')}`);
    for (const [field, value] of [
      ['firstName', ' '],
      ['lastName', 'x'.repeat(101)],
      ['birthDate', '2990-01-01'],
    ] as const) {
      const { errors } = await client.ask('mutation($input: SignUpInput!) { signUp(input: $input) { commandId } }', {
        input: profile({ [field]: value }),
      });
      expect(errors![0]).toMatchObject({ errorType: 'INVALID', errorInfo: { field } });
    }
    expect(await me(client)).toBeNull();
  });

  it('an id of Google keeps its prefix, and is another than Auth0’s of the same name', async () => {
    const name = unique('carol');
    const [google, auth0] = await Promise.all([signedUp(`google-oauth2|${name}`), signedUp(`auth0|${name}`)]);
    expect((await me(google)).id).toBe(`google-oauth2|${name}`);
    expect((await me(auth0)).id).toBe(name);
    const { user: row } = await root.get('query($id: ID!) { user(id: $id) { id } }', { id: `google-oauth2|${name}` });
    expect(row).toEqual({ id: `google-oauth2|${name}` });
  });

  it('a user whom an admin made before is there already', async () => {
    const { roleId, groupId } = await organisation(root);
    const id = `google-oauth2|${unique('made')}`;
    await root.apply('createUser', { ...profile(), id, roleId, groupId });
    const client = await user(id);
    expect(await me(client)).toMatchObject({ id, roleId, groupId });
    expect(await client.run('signUp', profile())).toMatchObject({ status: 'REJECTED', code: 'ALREADY_EXISTS' });
  });
});

describe('the own profile', () => {
  it('is updated: first name, last name, birth date, e-mail', async () => {
    const client = await signedUp();
    const changes = {
      firstName: 'Alicia',
      lastName: 'Baker',
      birthDate: '1991-03-01',
      email: `${unique('Alicia')}@Example.com`,
    };
    expect(await client.run('updateProfile', changes)).toMatchObject({
      status: 'APPLIED',
      operation: 'updateProfile',
      version: 2,
    });
    expect(await meAt(client, 2)).toMatchObject(changes);
    expect(await client.run('updateProfile', { firstName: 'Al' })).toMatchObject({ status: 'APPLIED', version: 3 });
    expect(await meAt(client, 3)).toMatchObject({ ...changes, firstName: 'Al' });
  });

  it('shows role, group and effective authorizations when an admin has assigned them, and no update takes them away', async () => {
    const client = await signedUp();
    const { id } = await me(client);
    const { roleId, groupId, authorizationId } = await organisation(root);
    const [{ authorization }, { role }, { group }] = await Promise.all([
      root.get('query($id: ID!) { authorization(id: $id) { name } }', { id: authorizationId }),
      root.get('query($id: ID!) { role(id: $id) { name } }', { id: roleId }),
      root.get('query($id: ID!) { group(id: $id) { name } }', { id: groupId }),
    ]);
    await root.apply('updateUser', { id, roleId, groupId });
    await client.run('updateProfile', { firstName: 'Al' });
    expect(await meAt(client, 3)).toMatchObject({
      firstName: 'Al',
      roleId,
      role,
      groupId,
      group,
      authorizations: [authorization],
    });
    expect((await client.get('{ me { authorizations { name } } }')).me).toEqual({ authorizations: [authorization] });

    await root.apply('updateRole', { id: roleId, authorizationIds: [] });
    expect((await client.get('{ me { authorizations { name } } }')).me).toEqual({ authorizations: [] });
  });

  it('is gone when an admin has deleted it, and may begin anew', async () => {
    const client = await signedUp();
    const { id } = await me(client);
    await root.apply('deleteUser', { id });
    expect(await me(client)).toBeNull();
    expect(await client.run('updateProfile', { firstName: 'A' })).toMatchObject({
      status: 'REJECTED',
      code: 'NOT_FOUND',
    });
    expect(await client.run('signUp', profile())).toMatchObject({ status: 'APPLIED', version: 3 });
  });
});

describe('own commands', () => {
  it('are known by their outcome, applied or rejected, and unknown ones are null', async () => {
    const [client, other] = await Promise.all([signedUp(), signedUp()]);
    const { email } = await me(other);
    const rejected = await client.run('updateProfile', { email });
    expect(rejected).toMatchObject({
      status: 'REJECTED',
      code: 'EMAIL_TAKEN',
      version: null,
      actor: `user:${client.sub}`,
    });
    expect(
      (await client.get('query($c: ID!) { command(commandId: $c) { status } }', { c: randomUUID() })).command,
    ).toBeNull();
  });
});

describe('the audit', () => {
  it('names application and subject of every event', async () => {
    const client = await signedUp();
    const { id } = await me(client);
    const { roleId, groupId } = await organisation(root);
    const other = await admin('google-oauth2|another-admin');
    await client.run('updateProfile', { firstName: 'Al' });
    await root.apply('updateUser', { id, roleId });
    await other.apply('updateUser', { id, groupId });
    expect(await eventsOf(id)).toMatchObject([
      { version: 1, type: 'UserCreated', actor: `user:${client.sub}` },
      { version: 2, type: 'UserUpdated', actor: `user:${client.sub}` },
      { version: 3, type: 'UserUpdated', actor: 'admin:auth0|admin' },
      { version: 4, type: 'UserUpdated', actor: 'admin:google-oauth2|another-admin' },
    ]);
  });

  it('does so for roles, groups and authorizations, and in order of time too', async () => {
    const start = new Date().toISOString();
    const organiser = await admin(`auth0|${unique('organiser')}`);
    const actor = `admin:${organiser.sub}`;
    const { roleId, groupId, authorizationId } = await organisation(organiser);
    const found = await eventually('all three', async () => {
      const { eventsSince } = await root.get(
        'query($t: AWSDateTime!, $actor: String) { eventsSince(timestamp: $t, actor: $actor, limit: 100) { items { aggregateId actor } } }',
        { t: start, actor },
      );
      const own = eventsSince.items.filter(({ aggregateId }: { aggregateId: string }) =>
        [roleId, groupId, authorizationId].includes(aggregateId),
      );
      return own.length === 3 && own;
    });
    for (const event of found) expect(event.actor).toBe(actor);
  });
});
