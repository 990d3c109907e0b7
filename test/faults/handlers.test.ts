import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isOfCommand } from '../../functions/ports/eventStore/port.ts';
import {
  type CommandMessage,
  createGroup,
  createRole,
  createUser,
  deleteUser,
  signUp,
  updateUser,
} from '../support/clients/commands.ts';
import { startTables, type TestTables } from '../support/engines/tables.ts';
import {
  type Backend,
  engineBackend,
  whatIs,
  whatShouldBe,
  writePath,
  type WritePath,
} from '../support/models/writePath.ts';

/** Several handlers at the same time on the real engine, each given everything. */
let engine: TestTables;
let backend: Backend;
beforeAll(async () => {
  engine = await startTables();
});
afterAll(() => engine.stop());
beforeEach(async () => {
  backend = engineBackend(await engine.another());
});

const shuffled = <Item>(items: Item[], seed: number): Item[] => {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return items
    .map((item) => [next(), item] as const)
    .sort(([one], [other]) => one - other)
    .map(([, item]) => item);
};

const inBatches = async <Message>(
  messages: Message[],
  invoke: (...batch: Message[]) => Promise<Map<string, Error>>,
): Promise<void> => {
  for (let start = 0; start < messages.length; start += 10)
    expect(await invoke(...messages.slice(start, start + 10))).toEqual(new Map());
};

/** Every handler is delivered every command, in an order of its own, then every event. */
const flood = async (commands: CommandMessage[], handlers: number): Promise<WritePath[]> => {
  const paths = Array.from({ length: handlers }, () => writePath(backend));
  await Promise.all(paths.map((path, index) => inBatches(shuffled(commands, index + 1), path.command)));
  await paths[0]!.mediate();
  const messages = paths.flatMap((path) => path.takeMessages());
  await Promise.all(paths.map((path, index) => inBatches(shuffled(messages, index + 11), path.execute)));
  return paths;
};

const heardBy = (paths: WritePath[], command: CommandMessage) => paths.flatMap((path) => path.outcomesOf(command));

describe('handlers at the same time', () => {
  it('give each contested address to one user, each command one effect, and views that match (I1, I3–I6)', async () => {
    const users = Array.from({ length: 12 }, (_, index) => `user-${index}`);
    const commands = [
      ...users.map((id, index) => signUp(id, `contested-${index % 3}@example.com`)),
      ...users.map((id, index) => signUp(id, `own-${index}@example.com`)),
    ];
    const paths = await flood(commands, 3);
    expect(await whatIs(paths[0]!)).toEqual(await whatShouldBe(paths[0]!));
    const events = await paths[0]!.events();
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(users.length);
    for (const command of commands) {
      const [stored, ...more] = events.filter(isOfCommand(command));
      expect(more).toEqual([]);
      const heard = heardBy(paths, command);
      expect(heard.length).toBeGreaterThanOrEqual(1);
      // APPLIED is said of what is stored, and of nothing else.
      expect(heard.some(({ status }) => status === 'APPLIED')).toBe(Boolean(stored));
    }
  });

  it('leave one user where many change, delete and re-use the same things', async () => {
    const [role, group] = [createRole('role'), createGroup('group')];
    await writePath(backend).settle(role, group);
    await writePath(backend).settle(
      ...['a', 'b', 'c'].map((id) => createUser(id, `${id}@example.com`, role.aggregateId, group.aggregateId)),
    );
    const commands = ['a', 'b', 'c'].flatMap((id, index) => [
      updateUser(id, { email: 'wanted@example.com' }),
      updateUser(id, { firstName: `Name ${index}` }),
      updateUser(id, { email: `${id}@new.example` }),
      updateUser(id, { roleId: null }),
      updateUser(id, { lastName: 'Once' }, { expectedVersion: 1 }),
      ...(id === 'c' ? [deleteUser(id)] : []),
    ]);
    const paths = await flood(commands, 2);
    expect(await whatIs(paths[0]!)).toEqual(await whatShouldBe(paths[0]!));
    for (const command of commands) expect(heardBy(paths, command).length).toBeGreaterThan(0);
  });
});
