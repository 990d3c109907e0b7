import { describe, expect, it } from 'vitest';
import { isOfCommand } from '../../functions/ports/eventStore/port.ts';
import { apiOutcomeOf, appliedBy } from '../../functions/api.ts';
import {
  type CommandMessage,
  command,
  correctEvent,
  createGroup,
  createRole,
  createUser,
  deleteUser,
  signUp,
  updateUser,
} from '../support/clients/commands.ts';
import { memoryBackend, whatIs, whatShouldBe, writePath } from '../support/models/writePath.ts';

/** How a call of AWS fails: not made at all, or made and its answer lost; and whether the function lives on. */
type Fault = { moment: 'before' | 'after'; kind: 'error' | 'death' };

/** Breaks one call, the nth, of all that the functions make. */
const breaker = (at: number, { moment, kind }: Fault) => {
  let calls = 0;
  let dead = false;
  const step = async () => {
    calls += 1;
    if (calls === at && kind === 'death') dead = true;
    if (dead || calls === at) throw new Error('broken');
  };
  return {
    /** Whether the function died since it was last asked. */
    died: () => {
      const result = dead;
      dead = false;
      return result;
    },
    reached: () => calls >= at,
    wrap: <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get: (target, name) => {
          const method = Reflect.get(target, name) as unknown;
          if (typeof method !== 'function') return method;
          return async (...parameters: unknown[]) => {
            if (moment === 'before' || dead) await step();
            const result: unknown = await Reflect.apply(method, target, parameters);
            if (moment === 'after') await step();
            return result;
          };
        },
      }),
  };
};

const commands = (): CommandMessage[] => {
  const [role, group] = [createRole('role'), createGroup('group')];
  const ada = createUser('ada', 'ada@example.com', role.aggregateId, group.aggregateId);
  const again = updateUser('ada', { firstName: 'Augusta' });
  return [
    role,
    group,
    ada,
    signUp('eve', 'ADA@example.com'),
    again,
    ada,
    updateUser('ada', { email: 'new@example.com' }, { expectedVersion: 2 }),
    updateUser('ada', { lastName: 'K' }, { expectedVersion: 1 }),
    again,
    command('deleteRole', role.aggregateId, {}),
    signUp('eve', 'ada@example.com'),
    correctEvent({ aggregate: 'user', aggregateId: 'ada' }, 2, { firstName: 'Ada' }),
    deleteUser('eve'),
    deleteUser('eve'),
  ];
};

/** Runs all commands through a path of which one call breaks; what is not acknowledged is delivered again. */
const run = async (at: number, fault: Fault) => {
  const backend = memoryBackend();
  const broken = breaker(at, fault);
  const path = writePath(backend);
  for (const ports of [path.commandPorts, path.executePorts] as object[]) {
    for (const [name, port] of Object.entries(ports)) {
      if (typeof port === 'object' && name !== 'telemetry')
        Object.assign(ports, { [name]: broken.wrap(port as object) });
    }
  }
  const sent = commands();
  const deliver = async <Message>(message: Message, invoke: (message: Message) => Promise<{ size: number }>) => {
    for (let attempt = 1; ; attempt += 1) {
      const failed = (await invoke(message)).size > 0;
      if (!broken.died() && !failed) return;
      if (attempt > 5) throw new Error('The message does not get through');
    }
  };
  for (const each of sent) {
    await deliver(each, (message) => path.command(message));
    await path.mediate();
    for (const body of path.takeMessages()) await deliver(body, (message) => path.execute(message));
  }
  return { path, sent, reached: broken.reached() };
};

describe.each<Fault>([
  { moment: 'before', kind: 'error' },
  { moment: 'after', kind: 'error' },
  { moment: 'before', kind: 'death' },
  { moment: 'after', kind: 'death' },
])('any one call that breaks ($moment it takes effect, by $kind)', (fault) => {
  it('changes nothing of what becomes of the commands (I1–I6)', async () => {
    let at = 1;
    for (; ; at += 1) {
      const { path, sent, reached } = await run(at, fault);
      expect(await whatIs(path)).toEqual(await whatShouldBe(path));
      const events = await path.events();
      for (const each of sent) {
        const stored = events.filter(isOfCommand(each));
        expect(stored.length).toBeLessThanOrEqual(1);
        const recorded = await path.backend.outcomes.find(each);
        // Heard at least once, and always the same.
        const outcome = stored[0] ? appliedBy(stored[0]) : recorded && apiOutcomeOf(recorded);
        const heard = path.outcomesOf(each);
        expect(heard.length).toBeGreaterThan(0);
        for (const one of heard) expect(one).toEqual(outcome);
      }
      if (!reached) break;
    }
    expect(at).toBeGreaterThan(60);
  });
});
