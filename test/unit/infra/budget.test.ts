import { beforeEach, describe, expect, test, vi } from 'vitest';
import { keepBudget, limits, sizeOf } from '../../../infra/budget.ts';

/** The operations that had queues of their own when the budget was set. */
const firstPairs = [
  ...['User', 'Role', 'Authorization', 'Group'].flatMap((name) => [`create${name}`, `update${name}`, `delete${name}`]),
  'correctEvent',
];

/** Everything that is there, with the operations given in place of the domain's. */
const sizeWith = async (change: (operations: Record<string, any>, queuePairs: any[]) => void) => {
  const { operations, queuePairs } = await import('../../../domain/operations.ts');
  change(operations, queuePairs);
  const { synthesize } = await import('./synthesized.ts');
  return sizeOf((await synthesize()).template);
};

const keepFirst = (operations: Record<string, any>, queuePairs: any[]): void => {
  const shared = ['signUp', 'updateProfile'];
  for (const name of Object.keys(operations))
    if (!firstPairs.includes(name) && !shared.includes(name)) delete operations[name];
  const kept = queuePairs.filter(({ commandQueue }) => firstPairs.includes(commandQueue.replace(/Queue$/, '')));
  queuePairs.splice(0, queuePairs.length, ...kept);
};

/** Operations of two queues each, as an aggregate's file would add them. */
const addThirty = (operations: Record<string, any>, queuePairs: any[]): void => {
  for (let number = 1; number <= 30; number += 1) {
    const name = `rearrangeDepartment${number}`;
    const queues = { commandQueue: `${name}Queue`, executionQueue: `executeRearrangeDepartment${number}Queue` };
    operations[name] = { ...operations['updateUser'], name, ...queues };
    queuePairs.push(queues);
  }
};

beforeEach(() => vi.resetModules());

describe('the template', () => {
  test('keeps to 320 KB and 260 resources with the first thirteen pairs of queues', async () => {
    const { resources, bytes } = await sizeWith(keepFirst);
    expect(resources).toBeLessThanOrEqual(260);
    expect(bytes).toBeLessThanOrEqual(320 * 1024);
  });

  test('has room for thirty more operations of two queues each', async () => {
    const { resources, bytes } = await sizeWith((operations, queuePairs) => {
      keepFirst(operations, queuePairs);
      addThirty(operations, queuePairs);
    });
    expect(resources).toBeLessThanOrEqual(limits.resources);
    expect(bytes).toBeLessThanOrEqual(limits.bytes);
  });
});

test('over the budget, the synthesis fails and says what to do', () => {
  const many = { Resources: Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`r${index}`, {}])) };
  expect(() => keepBudget(many)).toThrow(/501 resources.*takes 500.*cut the stack in two/);
  const long = { Resources: { r: { Code: 'x'.repeat(1_000_000) } } };
  expect(() => keepBudget(long)).toThrow(/bytes; CloudFormation takes 500 and 1000000.*pipeline function/);
  expect(() => keepBudget({ Resources: {} })).not.toThrow();
});
