import { describe, expect, it } from 'vitest';
import { ownEventsADay } from '../../../domain/kernel/command/decide.ts';
import { given, now, uuid, was } from './scenario.ts';

const ann = {
  firstName: 'Ann',
  lastName: 'Lee',
  birthDate: '1990-02-28',
  email: 'ann@example.com',
  roleId: uuid(2),
  groupId: uuid(3),
};
const deleted = [was('createUser', ann), was('updateUser', { firstName: 'Anna' }), was('deleteUser')];
/** Of the last event of a past. */
const lastAt = now - 1000;
const live = { status: 'live', attributes: { ...ann, firstName: 'Anna' } };

describe('after a deletion', () => {
  it('a restoration brings back the state before it', () => {
    expect(
      given(...deleted)
        .when('restoreUser')
        .thenEvent('UserRestored', {}),
    ).toMatchObject({
      ...live,
      version: 4,
      createdAt: now - 3000,
    });
    given(...deleted, was('restoreUser', {}))
      .when('restoreUser')
      .thenNothing();
    given().when('restoreUser').thenRejected('NOT_FOUND');
    given(...deleted)
      .when('restoreUser', {}, { expectedVersion: 2 })
      .thenRejected('VERSION_CONFLICT');
  });

  it('a restoration needs what the state refers to', () => {
    const { decision } = given(...deleted).when('restoreUser');
    expect(decision).toMatchObject({
      questions: {
        references: [
          { attribute: 'roleId', aggregate: 'role', id: uuid(2) },
          { attribute: 'groupId', aggregate: 'group', id: uuid(3) },
        ],
      },
    });
    given(...deleted)
      .when('restoreUser', {}, { facts: { missing: [{ attribute: 'roleId', aggregate: 'role', id: uuid(2) }] } })
      .thenRejected('ROLE_NOT_FOUND');
  });

  it('a creation that was sent after it begins a new life; one that was sent before it does not', () => {
    const state = given(...deleted)
      .when('createUser', ann, { sentAt: lastAt + 1 })
      .thenEvent('UserCreated', ann);
    expect(state).toMatchObject({ status: 'live', version: 4, attributes: ann, createdAt: now });
    for (const sentAt of [lastAt, lastAt - 500, undefined])
      given(...deleted)
        .when('createUser', ann, { sentAt })
        .thenRejected('ALREADY_EXISTS');
  });

  it('a cancellation leads to the same state as a restoration', () => {
    const cancelled = given(...deleted)
      .when('correctEvent', { kind: 'CANCEL', version: 3 })
      .thenEvent('UserCorrected', { kind: 'CANCEL', version: 3 });
    expect(cancelled).toEqual(
      given(...deleted)
        .when('restoreUser')
        .thenEvent('UserRestored', {}),
    );
  });

  it('a cancelled deletion must not have been followed by a new life', () => {
    given(...deleted, was('createUser', ann))
      .when('correctEvent', { kind: 'CANCEL', version: 3 })
      .thenRejected('INVALID', /^version: version 4, UserCreated, could then not have happened/);
  });
});

describe('an erasure', () => {
  const erased = [was('createUser', ann), was('eraseUser', {}, 'UserErased')];

  it('leaves nothing to restore, change or correct', () => {
    for (const operation of ['restoreUser', 'updateUser', 'deleteUser', 'suspendUser'])
      given(...erased)
        .when(operation, operation === 'suspendUser' ? { reason: 'r' } : {})
        .thenRejected('ERASED');
    given(...erased)
      .when('correctEvent', { kind: 'CANCEL', version: 2 })
      .thenRejected('ERASED');
  });

  it('lets the same account begin anew, of whose past nothing can be corrected', () => {
    given(...erased)
      .when('createUser', ann, { sentAt: lastAt + 1 })
      .thenEvent('UserCreated', ann);
    const anew = given(...erased, was('createUser', ann));
    anew.when('correctEvent', { version: 1, payload: ann }).thenRejected('ERASED');
    anew.when('correctEvent', { kind: 'CANCEL', version: 2 }).thenRejected('INVALID', /erasure/);
    anew
      .when('correctEvent', {
        kind: 'INSERT',
        type: 'UserUpdated',
        payload: { firstName: 'A' },
        effectiveAt: new Date(now - 2500).toISOString(),
      })
      .thenRejected('ERASED');
    anew
      .when('correctEvent', { version: 3, payload: { ...ann, firstName: 'An' } })
      .thenEvent('UserCorrected', { version: 3, payload: { ...ann, firstName: 'An' } });
  });
});

describe('a suspension', () => {
  const past = [was('createUser', ann)];
  const suspended = (until: string | null = null) => [
    ...past,
    was('suspendUser', { reason: 'r', until }, 'UserSuspended'),
  ];
  const herself = { actor: `user:auth0|${uuid(1)}` };

  it('has a reason, and ends when it says or not at all', () => {
    expect(
      given(...past)
        .when('suspendUser', { reason: ' r ', until: '2027-01-01T01:00+01:00' })
        .thenEvent('UserSuspended', { reason: 'r', until: '2027-01-01T00:00:00.000Z' }),
    ).toMatchObject({ attributes: { status: 'SUSPENDED', suspensionReason: 'r' } });
    given(...past)
      .when('suspendUser', { reason: 'r' })
      .thenEvent('UserSuspended', { reason: 'r', until: null });
    given(...past)
      .when('suspendUser', {})
      .thenRejected('INVALID', /^reason: is required/);
    given(...past)
      .when('suspendUser', { reason: 'r', until: new Date(now).toISOString() })
      .thenRejected('INVALID', /^until: /);
    given(...past)
      .when('suspendUser', { reason: 'r', until: '2027-02-30T00:00:00Z' })
      .thenRejected('INVALID', /^until: /);
    given(...suspended())
      .when('suspendUser', { reason: 'r' })
      .thenNothing();
    given(...suspended())
      .when('suspendUser', { reason: 'other' })
      .thenEvent('UserSuspended', { reason: 'other', until: null });
  });

  it("refuses the user's own commands, and no admin's", () => {
    given(...suspended())
      .when('updateProfile', { firstName: 'A' }, herself)
      .thenRejected('SUSPENDED');
    given(...suspended())
      .when('updateUser', { firstName: 'A' })
      .thenEvent('UserUpdated', { firstName: 'A' });
  });

  it('is over once its end has passed, as decided when it matters', () => {
    const [then, soon] = [new Date(now).toISOString(), new Date(now + 1).toISOString()];
    given(...suspended(soon))
      .when('updateProfile', { firstName: 'A' }, herself)
      .thenRejected('SUSPENDED');
    given(...suspended(then))
      .when('updateProfile', { firstName: 'A' }, herself)
      .thenEvent('UserUpdated', { firstName: 'A' });
    given(...suspended(then))
      .when('reinstateUser')
      .thenNothing();
    given(...suspended(soon))
      .when('reinstateUser')
      .thenEvent('UserReinstated', {});
    given(...past)
      .when('reinstateUser')
      .thenNothing();
  });
});

describe('a day', () => {
  const herself = { actor: `user:auth0|${uuid(1)}` };
  /** What a person did on the day of `now`: as much as a day takes, or so much less. */
  const busy = (less = 0) => [
    was('signUp', ann),
    ...Array.from({ length: ownEventsADay - 1 - less }, (_, n) => was('updateProfile', { firstName: `A${n}` })),
  ];
  const change = { firstName: 'B' };
  const midnight = Math.ceil(now / 86_400_000) * 86_400_000;

  it("takes so many changes of one's own, and says from when on there is room again", () => {
    given(...busy(1))
      .when('updateProfile', change, herself)
      .thenEvent('UserUpdated', change);
    given(...busy())
      .when('updateProfile', change, herself)
      .thenRejected('STREAM_FULL', new RegExp(`^A day takes 200 .* again from ${new Date(midnight).toISOString()}$`));
    given(...busy())
      .when('updateProfile', change, { ...herself, facts: { now: midnight - 1 } })
      .thenRejected('STREAM_FULL');
    given(...busy())
      .when('updateProfile', change, { ...herself, facts: { now: midnight } })
      .thenEvent('UserUpdated', change);
  });

  it('counts no wish that already holds, nothing that an admin does, and refuses no admin', () => {
    given(...busy())
      .when('updateProfile', { firstName: `A${ownEventsADay - 2}` }, herself)
      .thenNothing();
    given(...busy())
      .when('updateUser', change)
      .thenEvent('UserUpdated', change);
    given(
      ...busy(1),
      was('updateUser', { firstName: 'C' }),
      was('suspendUser', { reason: 'r', until: null }, 'UserSuspended'),
    )
      .when('reinstateUser')
      .thenEvent('UserReinstated', {});
    given(...busy(1), was('updateUser', { firstName: 'C' }))
      .when('updateProfile', change, herself)
      .thenEvent('UserUpdated', change);
  });

  it('is never too full to be erased, and no erasure makes room', () => {
    given(...busy())
      .when('eraseMe', {}, herself)
      .thenEvent('UserErased', {});
    const { roleId: _role, groupId: _group, ...form } = ann;
    given(...busy(), was('eraseMe'))
      .when('signUp', form, { ...herself, sentAt: now })
      .thenRejected('STREAM_FULL');
  });
});

describe('an authorization', () => {
  const role = { name: 'clerk', description: 'd', authorizationIds: [uuid(4)] };
  const past = was('createRole', role);

  it('is granted to a role once, if it exists', () => {
    const granted = { authorizationId: uuid(5) };
    expect(given(past).when('grantAuthorization', granted).thenEvent('AuthorizationGranted', granted)).toMatchObject({
      attributes: { authorizationIds: [uuid(4), uuid(5)] },
    });
    given(past)
      .when('grantAuthorization', { authorizationId: uuid(4) })
      .thenNothing();
    expect(given(past).when('grantAuthorization', granted).decision).toMatchObject({
      questions: { references: [{ aggregate: 'authorization', id: uuid(5) }] },
    });
    const full = was('createRole', { ...role, authorizationIds: Array.from({ length: 100 }, (_, n) => uuid(n)) });
    given(full)
      .when('grantAuthorization', { authorizationId: uuid(900) })
      .thenRejected('INVALID', /100/);
  });

  it('is revoked, though it may be gone', () => {
    const revoked = { authorizationId: uuid(4) };
    const { decision, thenEvent } = given(past).when('revokeAuthorization', revoked);
    expect(thenEvent('AuthorizationRevoked', revoked)).toMatchObject({ attributes: { authorizationIds: [] } });
    expect(decision).toMatchObject({ questions: { references: [] } });
    given(past)
      .when('revokeAuthorization', { authorizationId: uuid(5) })
      .thenNothing();
  });
});
