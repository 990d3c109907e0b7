import { describe, expect, it } from 'vitest';
import { currentSchemaVersion } from '../../../domain/kernel/stream/event.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { upcast } from '../../../domain/kernel/stream/upcasters.ts';
import { originalEvents } from '../../fixtures/originalEvents.ts';

describe('events of the first implementation', () => {
  const stream = (streamId: string) =>
    fold(originalEvents.filter((item) => item.streamId === streamId).map((item) => upcast(item)));

  it('are read in today’s shape', () => {
    expect(upcast(originalEvents[0]!)).toMatchObject({
      aggregate: 'authorization',
      type: 'AuthorizationCreated',
      executionQueue: 'executeCreateAuthorizationQueue',
      operation: 'createAuthorization',
      schemaVersion: currentSchemaVersion,
    });
    expect(stream('authorization#a-1')).toMatchObject({
      status: 'live',
      attributes: { name: 'read', description: 'May read' },
    });
    expect(stream('role#r-1')).toMatchObject({
      attributes: { description: 'Keeps the books', authorizationIds: ['a-1'] },
    });
    expect(stream('user#5d0b')).toMatchObject({
      version: 2,
      attributes: { birthDate: '1990-02-28', lastName: 'Leigh', roleId: 'r-1', groupId: 'g-1' },
    });
    expect(stream('group#g-1')).toMatchObject({ status: 'deleted', version: 2 });
  });

  it('have authorizations in whatever form a role had them', () => {
    const idsOf = (auth: Record<string, unknown>) =>
      upcast({ ...originalEvents[1]!, payload: { roleId: 'r-1', name: 'clerk', desc: 'd', ...auth } }).payload[
        'authorizationIds' as never
      ];
    for (const [given, ids] of [
      [undefined, []],
      ['', []],
      ['[]', []],
      ['["a","b"]', ['a', 'b']],
      [['a'], ['a']],
      ['{"Authorizations":[{"authId":"a"},"b"]}', ['a', 'b']],
      [null, []],
    ] as const) {
      expect(idsOf(given === undefined ? {} : { auth: given }), JSON.stringify(given)).toEqual(ids);
    }
    // What an update does not name it does not change.
    expect(
      upcast({ ...originalEvents[1]!, executionQueue: 'executeUpdateRoleQueue', payload: { roleId: 'r-1', desc: 'd' } })
        .payload,
    ).toEqual({ description: 'd' });
    expect(() => idsOf({ auth: '{not json' })).toThrow();
  });

  const created = (attributes: Record<string, unknown>) =>
    upcast({ ...originalEvents[3]!, payload: { ...(originalEvents[3]!['payload'] as object), ...attributes } }).payload;

  it.each([
    ['28/02/1990', '1990-02-28'],
    ['02/28/1990', '1990-02-28'],
    ['03/04/1990', '1990-04-03'],
    ['8.2.1990', '1990-02-08'],
    ['1990/2/8', '1990-02-08'],
    [' 1990-02-28 ', '1990-02-28'],
    ['1990-02-28T00:00:00.000Z', '1990-02-28'],
  ])('have a birth date such as %s', (date, read) => {
    expect(created({ date })).toMatchObject({ birthDate: read });
  });

  it.each([
    [{ date: '31/02/1990' }, { birthDate: '31/02/1990' }],
    [{ date: 'spring' }, { birthDate: 'spring' }],
    [{ email: ' a..b@docomo.example\n' }, { email: 'a..b@docomo.example' }],
    [{ email: 'ann@example.com\u200b' }, { email: 'ann@example.com\u200b' }],
  ])('keep what the API cannot show, so that it can be named and corrected: %j', (attributes, read) => {
    expect(created(attributes)).toMatchObject(read);
  });

  it('leave current events as they are, and name what is neither', () => {
    const current = upcast(originalEvents[0]!);
    expect(upcast({ ...current })).toEqual(current);
    expect(() => upcast({ eventId: 'e-9', aggregate: 'planet', executionQueue: 'q' })).toThrow(/e-9/);
  });
});
