import { describe, expect, it } from 'vitest';
import { fold } from '../../../domain/fold.ts';
import { upcast } from '../../../domain/upcasters.ts';
import { originalEvents } from '../../fixtures/originalEvents.ts';

describe('events of the first implementation', () => {
  const stream = (streamId: string) => fold(originalEvents.filter((item) => item.streamId === streamId).map((item) => upcast(item)));

  it('are read in today’s shape', () => {
    expect(upcast(originalEvents[0]!)).toMatchObject({ aggregate: 'authorization', type: 'AuthorizationCreated', executionQueue: 'executeCreateAuthorizationQueue', operation: 'createAuthorization', schemaVersion: 1 });
    expect(stream('authorization#a-1')).toMatchObject({ status: 'live', attributes: { name: 'read', description: 'May read' } });
    expect(stream('role#r-1')).toMatchObject({ attributes: { description: 'Keeps the books', authorizationIds: ['a-1'] } });
    expect(stream('user#5d0b')).toMatchObject({ version: 2, attributes: { birthDate: '1990-02-28', lastName: 'Leigh', roleId: 'r-1', groupId: 'g-1' } });
    expect(stream('group#g-1')).toMatchObject({ status: 'deleted', version: 2 });
  });

  it('leave current events as they are, and name what is neither', () => {
    const current = upcast(originalEvents[0]!);
    expect(upcast({ ...current })).toEqual(current);
    expect(() => upcast({ eventId: 'e-9', aggregate: 'planet', executionQueue: 'q' })).toThrow(/e-9/);
  });
});
