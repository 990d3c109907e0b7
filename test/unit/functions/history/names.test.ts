import { describe, expect, it } from 'vitest';
import { uuid } from '../../../support/models/pastSystem.ts';
import { answer } from '../../../../functions/history/answer.ts';
import { memoryClaimReader } from '../../../../functions/ports/claims/memory.ts';
import { memoryDirectory } from '../../../../functions/ports/directory/memory.ts';
import { memoryEventIndex } from '../../../../functions/ports/eventIndex/memory.ts';
import { memorySnapshots } from '../../../../functions/ports/snapshots/memory.ts';
import type { MemoryEventStore } from '../../../../functions/ports/eventStore/memory.ts';
import { memoryOutcomes } from '../../../../functions/ports/outcomes/memory.ts';
import { command, correctEvent, deleteUser, signUp, updateUser } from '../../../support/clients/commands.ts';
import { memoryBackend, writePath } from '../../../support/models/writePath.ts';

const [mayEdit, mayPublish, editor, staff] = [1, 2, 3, 4].map(uuid) as [string, string, string, string];
const named = (name: string, more = {}) => ({ name, description: 'd', ...more });

interface NamedEvent {
  type: string;
  name: string | null;
  refersTo: { aggregate: string; id: string; name: string | null }[];
}

/** Ada is an editor, who may edit, and of the staff. */
const setUp = async () => {
  const backend = memoryBackend();
  const path = writePath(backend);
  const store = backend.eventStore as MemoryEventStore;
  let rowsRead = 0;
  const ports = {
    eventStore: store,
    eventIndex: memoryEventIndex(store),
    outcomes: memoryOutcomes(),
    views: {
      getMany: (keys: Parameters<typeof backend.views.getMany>[0]) => {
        rowsRead += keys.length;
        return backend.views.getMany(keys);
      },
    },
    directory: memoryDirectory(),
    snapshots: memorySnapshots(store.keys),
    claims: memoryClaimReader(store),
    now: Date.now,
    warn: () => undefined,
  };
  await path.settle(command('createAuthorization', undefined, named('edit'), { commandId: mayEdit }));
  await path.settle(command('createAuthorization', undefined, named('publish'), { commandId: mayPublish }));
  await path.settle(
    command('createRole', undefined, named('Editor', { authorizationIds: [mayEdit] }), { commandId: editor }),
  );
  await path.settle(command('createGroup', undefined, named('Staff'), { commandId: staff }));
  await path.settle(signUp('ada', 'ada@example.com'));
  await path.settle(updateUser('ada', { lastName: 'King', roleId: editor, groupId: staff }));
  const eventsOf = async (aggregate: string, aggregateId: string, more = {}): Promise<NamedEvent[]> => {
    const asked = { field: 'events', arguments: { aggregate, aggregateId, limit: 100, ...more } };
    return ((await answer(asked, ports)) as { result: { items: NamedEvent[] } }).result.items;
  };
  return { path, ports, eventsOf, rowsRead: () => rowsRead };
};

describe('the names of what events speak of', () => {
  it('are those that a person, a role, a group and an authorization have now', async () => {
    const { path, eventsOf } = await setUp();
    await path.settle(command('grantAuthorization', editor, { authorizationId: mayPublish }));
    await path.settle(command('updateRole', editor, { name: 'Chief editor' }));
    const ofAda = await eventsOf('USER', 'ada');
    expect(ofAda.map(({ name }) => name)).toEqual(['Ada King', 'Ada King']);
    expect(ofAda[1]!.refersTo).toEqual([
      { aggregate: 'ROLE', id: editor, name: 'Chief editor' },
      { aggregate: 'GROUP', id: staff, name: 'Staff' },
    ]);
    const ofRole = await eventsOf('ROLE', editor);
    expect(ofRole.map(({ name, refersTo }) => [name, refersTo.map((each) => each.name)])).toEqual([
      ['Chief editor', ['edit']],
      ['Chief editor', ['publish']],
      ['Chief editor', []],
    ]);
  });

  it('stand beside what a correction puts in the place of another', async () => {
    const { path, eventsOf } = await setUp();
    await path.settle(correctEvent({ aggregate: 'user', aggregateId: 'ada' }, 2, { lastName: 'King', groupId: staff }));
    expect((await eventsOf('USER', 'ada'))[2]!.refersTo).toEqual([{ aggregate: 'GROUP', id: staff, name: 'Staff' }]);
  });

  it('are null once what had them is deleted', async () => {
    const { path, eventsOf } = await setUp();
    await path.settle(updateUser('ada', { groupId: null }));
    await path.settle(command('deleteGroup', staff, {}));
    expect((await eventsOf('USER', 'ada'))[1]!.refersTo[1]).toEqual({ aggregate: 'GROUP', id: staff, name: null });
    await path.settle(deleteUser('ada'));
    expect((await eventsOf('USER', 'ada')).map(({ name }) => name)).toEqual([null, null, null, null]);
  });

  it('of an erased person are gone, and those of a new life do not stand beside what was erased', async () => {
    const { path, eventsOf } = await setUp();
    await path.settle(command('eraseUser', 'ada', {}));
    expect((await eventsOf('USER', 'ada')).map(({ name }) => name)).toEqual([null, null, null]);
    await path.settle(signUp('ada', 'ada@example.com', { sentAt: new Date(Date.now() + 1_000).toISOString() }));
    expect((await eventsOf('USER', 'ada')).map(({ name }) => name)).toEqual([null, null, null, 'Ada Lovelace']);
  });

  it('cost one read of each row, and none where nobody looks at them', async () => {
    const { eventsOf, rowsRead } = await setUp();
    await eventsOf('USER', 'ada', { named: false });
    expect(rowsRead()).toBe(0);
    await eventsOf('USER', 'ada');
    expect(rowsRead()).toBe(3);
  });
});
