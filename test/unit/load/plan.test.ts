import { describe, expect, it } from 'vitest';
import { operations } from '../../../domain/operations.ts';
import { type Planned, planOf } from '../../../load/plan.ts';

const shared = (values: unknown[]): number => values.length - new Set(values).size;

describe('a load', () => {
  const { actors, first, commands } = planOf(7, 2000, 'run');

  it('is the same for the same seed, and another for another', () => {
    expect(planOf(7, 2000, 'run')).toEqual({ actors, first, commands });
    expect(planOf(8, 2000, 'run').commands).not.toEqual(commands);
  });

  it('holds operations of every kind, of admins and of users about themselves', () => {
    const used = new Set(commands.map(({ operation }) => operation));
    expect([...used].sort()).toEqual(Object.keys(operations).sort());
    for (const { actor, operation, aggregateId } of commands) {
      expect(actors).toContain(actor);
      expect(actor.application).toBe(operations[operation]!.caller);
      if (actor.application === 'user') expect(aggregateId).toBe(actor.name);
    }
  });

  it('has commands want the same values, meet in the same streams, and come twice', () => {
    const of = (name: string) => commands.flatMap(({ input }: Planned) => input?.[name] ?? []);
    expect(shared(of('email'))).toBeGreaterThan(100);
    expect(shared(of('name'))).toBeGreaterThan(100);
    expect(shared(commands.map(({ aggregateId }) => aggregateId))).toBeGreaterThan(1000);
    expect(commands.filter(({ times }) => times > 1).length).toBeGreaterThan(100);
    expect(shared(commands.map(({ commandId }) => commandId))).toBe(0);
  });

  it('has the operations that say how they are meant', () => {
    expect(of(commands, 'expectedVersion')).toBeGreaterThan(50);
    expect(of(commands, 'roleId')).toBeGreaterThan(50);
  });
});

const of = (commands: Planned[], field: string): number =>
  commands.filter(({ input }) => input && field in input).length;
