import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * What takes longest, in this order: begun last, it would run alone in the end. A file that is missing here costs
 * nothing but time.
 */
const long = [
  'unit/resolvers/corpus',
  'unit/infra/checks',
  'unit/resolvers/search',
  'unit/package',
  'recovery/recovery',
  'unit/docs/help',
  'integration/stackLifecycle',
  'integration/mappingsSqs',
  'integration/defects',
  'integration/example',
  'browser/console',
  'browser/graphiql',
  'browser/consoleBadTimes',
  'aggregates/lives',
  'security/walk',
  'e2e/corpus',
  'browser/graphiqlAccessibility.sweep',
  'browser/consoleOperator',
  'e2e/time',
  'e2e/whatIf',
  'docs/extending.sweep',
  'recovery/rebuild',
  'recovery/astray.sweep',
  'faults/erasure',
  'recovery/beside',
  'faults/poison',
  'recovery/takenOver.sweep',
  'recovery/crash.sweep',
  'faults/missingGrants.sweep',
  'faults/liveSoak.sweep',
  'faults/grants.sweep',
  'faults/keep',
  'faults/burst.sweep',
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = long.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return place === -1 ? long.length : place;
};

/** Longest first, group by group; the rest as Vitest orders it, by size or by the last run. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const groupOf = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return sorted.sort((one, other) => groupOf(one) - groupOf(other) || placeOf(one) - placeOf(other));
  }
}
