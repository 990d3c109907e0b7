import { describe, expect, it } from 'vitest';
import { aggregateNames, aggregates, indexNameOf, operations } from '../../../domain/operations.ts';
import { reads } from '../../../resolvers/manifest/reads.ts';
import { constants, type PipelineFunction, resolvers } from '../../../resolvers/manifest.ts';

describe('the manifest', () => {
  it('has one mutation per operation, all served by the same code', () => {
    const enqueue = { name: 'enqueue', dataSource: 'Sqs', code: 'enqueue' };
    const mutations = resolvers.filter(({ functions }) => functions?.some(({ code }) => code === 'enqueue'));
    expect(mutations.map(({ fieldName }) => fieldName)).toEqual(Object.keys(operations));
    // The user application has a quota, of which what is refused takes nothing.
    const checkCommand = { name: 'checkCommand', dataSource: 'None', code: 'steps/checkCommand' };
    const takeQuota = { name: 'takeQuota', dataSource: 'Quota', code: 'steps/takeQuota' };
    for (const { code, fieldName, functions } of mutations)
      expect({ code, functions }).toEqual({
        code: 'pass',
        functions: [checkCommand, ...(operations[fieldName]?.caller === 'user' ? [takeQuota] : []), enqueue],
      });
  });

  it('means the same by the same name of a function', () => {
    const byName = new Map<string, PipelineFunction>();
    for (const step of resolvers.flatMap(({ functions }) => functions ?? [])) {
      expect(byName.get(step.name) ?? step).toEqual(step);
      byName.set(step.name, step);
    }
  });

  it('gives each resolver either a data source or functions, of which few make a call', () => {
    for (const { dataSource, functions } of resolvers) {
      expect(dataSource === undefined).toBe(functions !== undefined);
      // Of a list's six, the groups come with the roles, and a text takes the place of two facets: nesting.test.ts and
      // search.test.ts count what is asked.
      const calls = functions?.filter((step) => step.dataSource !== 'None') ?? [];
      expect(calls.length).toBeLessThanOrEqual(6);
    }
  });

  it('reads indexes that follow from the attributes', () => {
    for (const aggregate of aggregateNames) {
      const known = Object.keys(aggregates[aggregate].attributes).map(indexNameOf);
      const own = Object.values(reads).filter((read) => read.aggregate === aggregate && read.index);
      for (const { index } of own) expect(known).toContain(index);
    }
  });

  it('gives the bundler JSON', () => {
    for (const value of Object.values(constants)) expect(() => JSON.parse(value)).not.toThrow();
  });
});
