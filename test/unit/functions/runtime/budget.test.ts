import { describe, expect, it } from 'vitest';
import { budget, NoTimeLeft } from '../../../../functions/runtime/budget.ts';
import { timeouts } from '../../../../infra/queues/timeouts.ts';
import { createRole, signUp, updateUser } from '../../../support/clients/commands.ts';
import { writePath } from '../../../support/models/writePath.ts';

const { tries, call, publication, begin, end } = budget;

describe('the time of an invocation', () => {
  it.each(['command', 'execute', 'mediator'] as const)(
    'of %s is enough for one call that hangs at every try, and for publishing or reporting',
    (name) => {
      expect(timeouts[name].toMilliseconds()).toBeGreaterThanOrEqual(tries * call + publication + end);
    },
  );

  it('leaves none to begin with another message once a call has hung, so that it ends in time', () => {
    for (const name of ['command', 'execute'] as const) {
      expect(timeouts[name].toMilliseconds() - tries * call).toBeLessThanOrEqual(begin);
      expect(begin).toBeGreaterThanOrEqual(publication + end);
    }
  });
});

describe('a batch that runs out of time', () => {
  /** So much is left at each look. */
  const clock =
    (...remaining: number[]) =>
    () =>
      remaining.shift() ?? 0;

  it('leaves the commands that it has not begun for their next delivery, and tells of the others', async () => {
    const path = writePath();
    path.commandPorts.remaining = clock(10_000, 9_000, budget.begin - 1);
    const commands = [signUp('ada', 'ada@example.com'), updateUser('nobody', { firstName: 'A' }), createRole('late')];
    const failures = await path.command(...commands);
    expect([...failures.values()]).toEqual([expect.any(NoTimeLeft)]);
    expect((await path.events()).map(({ commandId }) => commandId)).toEqual([commands[0]!.commandId]);
    expect(path.outcomesOf(commands[1]!)).toMatchObject([{ code: 'NOT_FOUND' }]);
    path.commandPorts.remaining = () => 10_000;
    expect(await path.command(commands[2]!)).toEqual(new Map());
    expect(await path.events()).toHaveLength(2);
  });

  it('leaves the events that it has not begun', async () => {
    const path = writePath();
    await path.command(signUp('ada', 'ada@example.com'), createRole('late'));
    await path.mediate();
    path.executePorts.remaining = clock(10_000, budget.begin - 1, 3_000);
    const messages = path.takeMessages();
    expect([...(await path.execute(...messages)).values()]).toEqual([expect.any(NoTimeLeft)]);
    expect(path.notifier.published).toHaveLength(1);
    path.executePorts.remaining = () => 10_000;
    expect(await path.execute(...messages)).toEqual(new Map());
    expect(path.notifier.published).toHaveLength(3);
  });

  it('gives publishing what is left, but for the time to say so', async () => {
    const path = writePath();
    const given: unknown[] = [];
    path.commandPorts.notifier = {
      publish: async (_, within) => {
        given.push(within);
        return [];
      },
    };
    path.commandPorts.remaining = clock(10_000, 2_500, 10_000, 10_000);
    await path.command(updateUser('nobody', { firstName: 'A' }));
    expect(given).toEqual([2_500 - budget.end]);
    await path.command(signUp('ada', 'ada@example.com'));
    await path.mediate();
    given.length = 0;
    path.executePorts.notifier = path.commandPorts.notifier;
    path.executePorts.remaining = clock(10_000, 3_500);
    await path.execute(...path.takeMessages());
    expect(given).toEqual([3_500 - budget.end]);
  });
});
