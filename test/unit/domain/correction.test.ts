import { describe, expect, it } from 'vitest';
import { fold, foldAt } from '../../../domain/kernel/stream/fold.ts';
import { given, historyOf, now, uuid, was } from './scenario.ts';

const ann = {
  firstName: 'Ann',
  lastName: 'Lee',
  birthDate: '1990-02-28',
  email: 'ann@example.com',
  roleId: uuid(2),
  groupId: uuid(3),
};
const past = [was('createUser', ann), was('updateUser', { firstName: 'Anna' })];
const iso = (moment: number): string => new Date(moment).toISOString();
const right = { ...ann, lastName: 'Lea', firstName: 'An' };

describe('a correction', () => {
  it('replays what followed on top of the right payload', () => {
    const state = given(...past)
      .when('correctEvent', { version: 1, payload: right })
      .thenEvent('UserCorrected', { version: 1, payload: right });
    expect(state).toMatchObject({ version: 3, attributes: { ...right, firstName: 'Anna' } });
  });

  it('keeps the wrong event on record', () => {
    const history = historyOf([...past, was('correctEvent', { version: 1, payload: right })]);
    fold(history);
    expect(history[0]?.payload).toEqual(ann);
  });

  it('of a correction corrects what that one corrected; the latest wins', () => {
    const again = { ...right, lastName: 'Leigh' };
    const state = given(...past, was('correctEvent', { version: 1, payload: right }))
      .when('correctEvent', { version: 3, payload: again })
      .thenEvent('UserCorrected', { version: 3, payload: again });
    expect(state).toMatchObject({ version: 4, attributes: { lastName: 'Leigh', firstName: 'Anna' } });
  });

  it('that changes nothing is refused, and says so', () => {
    const nothing = (input: Record<string, unknown>, ...more: Parameters<typeof given>) =>
      given(...past, ...more)
        .when('correctEvent', input)
        .thenRejected('INVALID', /the correction changes nothing/);
    nothing({ version: 2, payload: { firstName: 'Anna' } });
    nothing({ version: 1, payload: right }, was('correctEvent', { version: 1, payload: right }));
    nothing({ version: 3, payload: {} }, was('deleteUser'));
    nothing({ kind: 'MOVE', version: 2, effectiveAt: iso(now - 1000) });
    nothing({ kind: 'CANCEL', version: 2 }, was('correctEvent', { kind: 'CANCEL', version: 2 }));
    nothing({ version: 2, payload: { firstName: 'An' } }, was('correctEvent', { kind: 'CANCEL', version: 2 }));
    nothing({ kind: 'INSERT', type: 'UserUpdated', payload: { lastName: 'Lee' }, effectiveAt: iso(now - 1500) });
  });

  it('is refused for a version that is not there and a payload that is not one of its type', () => {
    given(...past)
      .when('correctEvent', { version: 7, payload: {} })
      .thenRejected('NOT_FOUND');
    given().when('correctEvent', { version: 1, payload: {} }).thenRejected('NOT_FOUND');
    given(...past)
      .when('correctEvent', { version: 0, payload: {} })
      .thenRejected('INVALID', /^version/);
    given(...past)
      .when('correctEvent', { version: 1, payload: { firstName: 'A' } })
      .thenRejected('INVALID', /^payload\.\w+: is required/);
    given(...past)
      .when('correctEvent', { version: 2, payload: { email: 'no' } })
      .thenRejected('INVALID', /^payload\.email/);
    given(...past)
      .when('correctEvent', { version: 2, payload: { version: 4 } })
      .thenRejected('INVALID', /^payload\.version/);
    given(...past)
      .when('correctEvent', { version: 2, payload: [] })
      .thenRejected('INVALID', /^payload/);
    given(...past, was('deleteUser'))
      .when('correctEvent', { version: 3, payload: { firstName: 'A' } })
      .thenRejected('INVALID', /UserDeleted/);
  });

  it('must leave references that exist', () => {
    const facts = { missing: [{ attribute: 'roleId', aggregate: 'role' as const, id: uuid(8) }] };
    given(...past)
      .when('correctEvent', { version: 1, payload: { ...ann, roleId: uuid(8) } }, { facts })
      .thenRejected('ROLE_NOT_FOUND');
  });

  it('after which a rule would be broken is refused by that rule', () => {
    const full = {
      name: 'Clerk',
      description: 'Keeps',
      authorizationIds: Array.from({ length: 100 }, (_, n) => uuid(n)),
    };
    given(was('createRole', full), was('updateRole', { description: 'Keeps the books' }))
      .when('correctEvent', {
        kind: 'INSERT',
        type: 'AuthorizationGranted',
        payload: { authorizationId: uuid(200) },
        effectiveAt: iso(now - 1500),
      })
      .thenRejected('INVALID', /^authorizationIds: /);
  });

  it('does not bring back what was deleted', () => {
    const state = given(...past, was('deleteUser'))
      .when('correctEvent', { version: 1, payload: right })
      .thenEvent('UserCorrected', { version: 1, payload: right });
    expect(state).toMatchObject({ status: 'deleted', version: 4 });
  });
});

describe('time travel', () => {
  const history = historyOf([...past, was('correctEvent', { version: 1, payload: right })]);
  const [t1, t2, t3] = [now - 3000, now - 2000, now - 1000];

  it('answers with corrections made later, and without them as it was known then', () => {
    expect(foldAt(history, t1! - 1)).toMatchObject({ status: 'absent' });
    expect(foldAt(history, t1!)).toMatchObject({ version: 1, attributes: right });
    expect(foldAt(history, t1!, t2)).toMatchObject({ version: 1, attributes: ann });
    expect(foldAt(history, t2!)).toMatchObject({ version: 2, attributes: { ...right, firstName: 'Anna' } });
    expect(foldAt(history, t2!, t2)).toMatchObject({ version: 2, attributes: { ...ann, firstName: 'Anna' } });
    expect(foldAt(history, t3!)).toEqual(fold(history));
  });
});
