import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drill, type DrillResult } from '../../operating/drill/run.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'drill-'));
let result: DrillResult;
const said: string[] = [];
beforeAll(async () => {
  result = await drill({ stateDir, people: 5, say: (words) => said.push(words) });
}, 600_000);
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

it('a system comes back on a backup that is older than its views and claims, and says what was lost', () => {
  // An authorization, a role, a group, five people, one of whom is deleted.
  expect(result.restored).toBe(9);
  const lost = result.lost.map(({ streamId, from, to }) => `${streamId.replace(/^group#.*/, 'group')} ${from}-${to}`);
  expect(lost.sort()).toEqual([
    'group 1-1',
    'user#newcomer 1-1',
    'user#person-1 2-2',
    'user#person-2 2-2',
    'user#person-3 2-2',
    'user#person-4 2-2',
    'user#person-5 3-3',
  ]);
  // The rows of those, and two addresses in wrong hands or nobody's, of the erased person, of the new group.
  expect(result.wrong).toBeGreaterThan(lost.length);
});

it('views and claims are then what the events say, another rebuild changes nothing, and people come and go', () => {
  expect(result.problems).toEqual([]);
});

it('each step is told before it is done, and timed', () => {
  expect(result.steps.map(({ name }) => name)).toEqual(said);
  expect(said).toContain('start the stack on the restored table');
});
