import { describe, expect, it } from 'vitest';
import { currentSchemaVersion } from '../../../domain/kernel/stream/event.ts';
import { evolve, fold } from '../../../domain/kernel/stream/fold.ts';
import { given, historyOf, now, subjectId, uuid, was } from './scenario.ts';

const ann = {
  firstName: 'Ann',
  lastName: 'Lee',
  birthDate: '1990-02-28',
  email: 'ann@example.com',
  roleId: uuid(2),
  groupId: uuid(3),
};
const clerk = { name: 'Clerk', description: 'Keeps the books', authorizationIds: [uuid(4)] };
const read = { name: 'read', description: 'May read' };

describe('create', () => {
  it('stores all attributes', () => {
    const state = given().when('createUser', ann).thenEvent('UserCreated', ann);
    expect(state).toMatchObject({ status: 'live', version: 1, attributes: ann });
    given().when('createRole', clerk).thenEvent('RoleCreated', clerk);
    given().when('createAuthorization', read).thenEvent('AuthorizationCreated', read);
    given().when('createGroup', read).thenEvent('GroupCreated', read);
  });

  it('trims white space around text and composes accents', () => {
    given()
      .when('createGroup', { name: '  Café ', description: ' d ' })
      .thenEvent('GroupCreated', { name: 'Caf\u00e9', description: 'd' });
  });

  it('is refused when the id is in use, and when it was once', () => {
    given(was('createUser', ann)).when('createUser', ann).thenRejected('ALREADY_EXISTS');
    given(was('createUser', ann), was('deleteUser'))
      .when('createUser', ann)
      .thenRejected('ALREADY_EXISTS', /deleted/);
  });

  it.each(Object.keys(ann))('is refused without %s, and, but for the last name, with it empty', (field) => {
    const { [field]: _, ...rest } = ann as Record<string, unknown>;
    given()
      .when('createUser', rest)
      .thenRejected('INVALID', new RegExp(`^${field}: is required`));
    given()
      .when('createUser', { ...ann, [field]: null })
      .thenRejected('INVALID', new RegExp(`^${field}: `));
    if (field === 'lastName') return;
    given()
      .when('createUser', { ...ann, [field]: '' })
      .thenRejected('INVALID', new RegExp(`^${field}: must not be empty`));
    for (const blank of [' \t', '\u00a0\u3000', '\u200b', '\u2060 \u200d'])
      given()
        .when('createUser', { ...ann, [field]: blank })
        .thenRejected('INVALID', new RegExp(`^${field}: `));
  });

  it.each([
    ['firstName', 'x'.repeat(101)],
    ['firstName', 'a\u0000b'],
    ['firstName', 'a\u2028b'],
    ['firstName', 'a\u0085b'],
    ['firstName', 7],
    ['firstName', ['Ann']],
    ['firstName', { a: 1 }],
    ['birthDate', '1990-02-30'],
    ['birthDate', '1990-2-3'],
    ['birthDate', '1990-02-03T00:00Z'],
    ['birthDate', '2026-01-03'],
    ['birthDate', '1899-12-31'],
    ['birthDate', 'yesterday'],
    ['email', 'ann'],
    ['email', 'ann@'],
    ['email', '@example.com'],
    ['email', 'a b@example.com'],
    ['email', 'ann@example'],
    ['email', `${'x'.repeat(250)}@example.com`],
    ['roleId', 'has space'],
    ['roleId', 'x'.repeat(129)],
  ])('is refused with %s %j', (field, value) => {
    given()
      .when('createUser', { ...ann, [field]: value })
      .thenRejected('INVALID', new RegExp(`^${field}: `));
  });

  it('refuses attributes that the operation does not know, those of Object.prototype included', () => {
    for (const field of ['version', 'constructor', 'toString'])
      given()
        .when('createUser', { ...ann, [field]: 'x' })
        .thenRejected('INVALID', /is not an attribute/);
    given()
      .when('createUser', JSON.parse('{"__proto__":{"a":1}}') as Record<string, unknown>)
      .thenRejected('INVALID', /__proto__/);
  });

  it('refuses a list of authorizations that repeats one, is too long or holds something else', () => {
    for (const authorizationIds of [
      [uuid(4), uuid(4)],
      Array.from({ length: 101 }, (_, n) => uuid(n)),
      [1],
      'x',
      [null],
    ]) {
      given()
        .when('createRole', { ...clerk, authorizationIds })
        .thenRejected('INVALID', /^authorizationIds: /);
    }
    given()
      .when('createRole', { ...clerk, authorizationIds: [] })
      .thenEvent('RoleCreated', { ...clerk, authorizationIds: [] });
  });

  it('is refused when a reference does not exist', () => {
    const missing = (attribute: string, aggregate: 'role' | 'group' | 'authorization') => ({
      facts: { missing: [{ attribute, aggregate, id: uuid(2) }] },
    });
    given().when('createUser', ann, missing('roleId', 'role')).thenRejected('ROLE_NOT_FOUND');
    given().when('createUser', ann, missing('groupId', 'group')).thenRejected('GROUP_NOT_FOUND');
    given()
      .when('createRole', clerk, missing('authorizationIds', 'authorization'))
      .thenRejected('AUTHORIZATION_NOT_FOUND');
  });

  it.each(['auth0|ann', '', 'a b', 'x'.repeat(129), 'é'])('is refused with the user id %j', (aggregateId) => {
    given().when('createUser', ann, { aggregateId }).thenRejected('INVALID', /^id: /);
  });

  it.each(['ann', 'google-oauth2|123', 'samlp|corp|ann@example.com', 'auth0|nested|id'])(
    'accepts the user id %j',
    (aggregateId) => {
      expect(given().when('createUser', ann, { aggregateId }).decision).toHaveProperty('events.length', 1);
    },
  );

  it('is refused for a made id that is not the command id, and a command id that is not a UUID', () => {
    given()
      .when('createGroup', read, { commandId: uuid(98) })
      .thenRejected('INVALID', /^id: /);
    given()
      .when('createGroup', read, { commandId: 'x' })
      .thenRejected('INVALID', /^commandId: /);
  });
});

describe('self service', () => {
  const { roleId: _role, groupId: _group, ...own } = ann;
  const herself = { aggregateId: 'ann', actor: 'user:auth0|ann' };

  it('signs up without role and group', () => {
    const state = given()
      .when('signUp', own, { aggregateId: subjectId, actor: `user:auth0|${subjectId}` })
      .thenEvent('UserCreated', own);
    expect(state).toMatchObject({ attributes: { roleId: null, groupId: null } });
  });

  describe('with an address that has to be proved', () => {
    const self = { aggregateId: subjectId, actor: `user:auth0|${subjectId}`, facts: { mustProve: true } };
    const proving = (email: string) => ({ ...self, proved: { email } });
    const proved = [was('signUp', { ...own, emailVerified: true }, 'UserCreated')];

    it('signs up with that address alone', () => {
      const { thenEvent } = given().when('signUp', own, proving(own.email.toUpperCase()));
      expect(thenEvent('UserCreated', { ...own, emailVerified: true })).toMatchObject({
        attributes: { email: own.email, emailVerified: true },
      });
      for (const more of [self, proving('other@example.com')])
        given()
          .when('signUp', own, more)
          .thenRejected('EMAIL_NOT_VERIFIED', /^email: /);
    });

    it('changes it to another that is proved, and the rest without proof', () => {
      const other = { email: 'other@example.com' };
      given(...proved)
        .when('updateProfile', other, proving(own.email))
        .thenRejected('EMAIL_NOT_VERIFIED');
      expect(
        given(...proved)
          .when('updateProfile', other, proving(other.email))
          .thenEvent('UserUpdated', { ...other, emailVerified: true }),
      ).toMatchObject({ attributes: { ...other, emailVerified: true } });
      expect(
        given(...proved)
          .when('updateProfile', { firstName: 'An' }, self)
          .thenEvent('UserUpdated', { firstName: 'An' }),
      ).toMatchObject({ attributes: { emailVerified: true } });
    });

    it('proves what an admin wrote, by saying the same', () => {
      const made = [...proved, was('updateUser', { email: 'admin@example.com' })];
      const same = { email: 'admin@example.com' };
      expect(fold(historyOf(made))).toMatchObject({ attributes: { ...same, emailVerified: false } });
      expect(
        given(...made)
          .when('updateProfile', same, proving(same.email))
          .thenEvent('UserUpdated', { emailVerified: true }),
      ).toMatchObject({ attributes: { ...same, emailVerified: true } });
      given(...proved)
        .when('updateProfile', { email: own.email }, proving(own.email))
        .thenNothing();
    });

    it('is nothing to an admin, nor what a correction says', () => {
      const facts = { mustProve: true };
      given(...proved)
        .when('updateUser', { email: 'b@example.com' }, { facts })
        .thenEvent('UserUpdated', { email: 'b@example.com' });
      const corrected = { ...own, email: 'c@example.com' };
      expect(
        given(...proved)
          .when('correctEvent', { version: 1, payload: corrected }, { facts })
          .thenEvent('UserCorrected', { version: 1, payload: corrected }),
      ).toMatchObject({ attributes: { email: 'c@example.com', emailVerified: false } });
      given(...proved)
        .when('updateUser', { emailVerified: true }, { facts })
        .thenRejected('INVALID', /^emailVerified: /);
    });

    it('that is taken from a form is shown as proved where the token proves it', () => {
      const trusting = { ...self, facts: {} };
      given().when('signUp', own, trusting).thenEvent('UserCreated', own);
      given()
        .when('signUp', own, { ...trusting, proved: { email: own.email } })
        .thenEvent('UserCreated', { ...own, emailVerified: true });
    });
  });

  it('never sets role or group', () => {
    given()
      .when('signUp', ann, herself)
      .thenRejected('INVALID', /^roleId: /);
    given(was('createUser', ann))
      .when('updateProfile', { groupId: uuid(3) }, herself)
      .thenRejected('INVALID', /^groupId: /);
  });

  it.each([
    ['auth0|ann', 'ann'],
    ['google-oauth2|123', 'google-oauth2|123'],
    ['auth0|nested|id', 'auth0|nested|id'],
  ])('of %s is for the own user %s', (subject, aggregateId) => {
    expect(given().when('signUp', own, { aggregateId, actor: `user:${subject}` }).decision).toHaveProperty(
      'events.length',
      1,
    );
    for (const other of ['eve', `google-oauth2|${aggregateId}`]) {
      given()
        .when('signUp', own, { aggregateId: other, actor: `user:${subject}` })
        .thenRejected('INVALID', /^id: must be the caller's own/);
      given(was('createUser', ann))
        .when('updateProfile', { firstName: 'Eve' }, { aggregateId: other, actor: `user:${subject}` })
        .thenRejected('INVALID', /^id: /);
    }
  });

  it('belongs to the user application, as everything else to the admin application', () => {
    given()
      .when('signUp', own, { actor: 'admin:auth0|admin' })
      .thenRejected('INVALID', /^actor: /);
    given()
      .when('createUser', ann, { actor: 'user:auth0|ann' })
      .thenRejected('INVALID', /^actor: /);
  });
});

describe('update', () => {
  it('stores the changed attributes only', () => {
    const state = given(was('createUser', ann))
      .when('updateUser', { firstName: 'Anna', lastName: 'Lee' })
      .thenEvent('UserUpdated', { firstName: 'Anna' });
    expect(state).toMatchObject({ version: 2, attributes: { ...ann, firstName: 'Anna' } });
  });

  it('clears what may be empty, with null', () => {
    given(was('createUser', ann)).when('updateUser', { roleId: null }).thenEvent('UserUpdated', { roleId: null });
    given(was('createUser', ann))
      .when('updateUser', { email: null })
      .thenRejected('INVALID', /^email: must not be null/);
  });

  it('stores nothing when the wish already holds', () => {
    given(was('createUser', ann)).when('updateUser', { firstName: 'Ann' }).thenNothing();
    given(was('createUser', ann)).when('updateUser', {}).thenNothing();
    given(was('createRole', clerk))
      .when('updateRole', { authorizationIds: [uuid(4)] })
      .thenNothing();
  });

  it('asks of what it refers to anew alone: what dangles since may be said again', () => {
    const asked = (operation: string, past: Record<string, unknown>, input: Record<string, unknown>) => {
      const { decision } = given(was(operation.replace('update', 'create'), past)).when(operation, input);
      return 'questions' in decision ? decision.questions.references.map(({ id }) => id) : undefined;
    };
    expect(asked('updateUser', ann, { firstName: 'Anna', roleId: uuid(2) })).toEqual([]);
    expect(asked('updateUser', ann, { roleId: uuid(5), groupId: uuid(3) })).toEqual([uuid(5)]);
    expect(asked('updateRole', clerk, { authorizationIds: [uuid(4), uuid(6)] })).toEqual([uuid(6)]);
  });

  it('needs something to update', () => {
    given().when('updateUser', { firstName: 'A' }).thenRejected('NOT_FOUND');
    given(was('createUser', ann), was('deleteUser')).when('updateUser', { firstName: 'A' }).thenRejected('NOT_FOUND');
  });

  it('honours the expected version', () => {
    given(was('createUser', ann))
      .when('updateUser', { firstName: 'A' }, { expectedVersion: 1 })
      .thenEvent('UserUpdated', { firstName: 'A' });
    given(was('createUser', ann))
      .when('updateUser', { firstName: 'A' }, { expectedVersion: 2 })
      .thenRejected('VERSION_CONFLICT');
    given(was('createUser', ann))
      .when('updateUser', { firstName: 'A' }, { expectedVersion: 0 })
      .thenRejected('INVALID', /^expectedVersion: /);
  });
});

describe('delete', () => {
  it('empties the stream of attributes', () => {
    expect(given(was('createRole', clerk)).when('deleteRole').thenEvent('RoleDeleted', {})).toMatchObject({
      status: 'deleted',
      version: 2,
    });
  });

  it('is refused while in use, and when stale', () => {
    given(was('createRole', clerk))
      .when('deleteRole', {}, { facts: { inUse: true } })
      .thenRejected('IN_USE');
    given(was('createRole', clerk)).when('deleteRole', {}, { expectedVersion: 4 }).thenRejected('VERSION_CONFLICT');
    given().when('deleteRole').thenRejected('NOT_FOUND');
  });

  it('does nothing twice', () => {
    given(was('createRole', clerk), was('deleteRole')).when('deleteRole').thenNothing();
  });
});

describe('events', () => {
  it('never go back in time, whatever the clock says', () => {
    const { decision } = given(was('createUser', ann)).when(
      'updateUser',
      { firstName: 'B' },
      { facts: { now: now - 86_400_000 } },
    );
    expect(decision).toMatchObject({ events: [{ timestamp: now - 1000, previousTimestamp: now - 1000 }] });
  });

  it('bear who, by which command, and where they go', () => {
    const { decision } = given().when('createUser', ann);
    expect(decision).toMatchObject({
      events: [
        {
          actor: 'admin:auth0|tester',
          commandId: subjectId,
          eventId: uuid(9),
          executionQueue: 'executeCreateUserQueue',
          aggregateId: subjectId,
          schemaVersion: currentSchemaVersion,
        },
      ],
    });
  });

  it('cannot be folded out of order', () => {
    const [one, two] = historyOf([was('createUser', ann), was('deleteUser')]);
    expect(() => fold([two!, one!])).toThrow(/does not follow/);
    const live = fold([one!]);
    expect(() => evolve(live, { ...two!, version: 3 })).toThrow(/does not follow version 1/);
    expect(() => evolve(live, { ...two!, version: 1 })).toThrow(/does not follow version 1/);
  });
});
