import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The table of the page: a use case may take several lines, of which the first names it. */
const rows = [...readFileSync('docs/console.md', 'utf8').matchAll(/^\|([^|]*)\|[^|]*\| (.*UC\d.*) \|$/gm)].map(
  ([, name = '', test = '']) => ({ name: name.trim(), test }),
);
const tests = [...readFileSync('test/browser/console.test.ts', 'utf8').matchAll(/\bit\(\s*'((?:[^'\\]|\\.)*)'/g)].map(
  ([, name = '']) => name,
);

describe('the use cases of the console', () => {
  it('are all named, each with a test that plays it', () => {
    const named = rows.map(({ name }) => /^(Admin|User) UC\d/.exec(name)?.[0]).filter(Boolean);
    const all = (who: string, count: number) => Array.from({ length: count }, (_, index) => `${who} UC${index + 1}`);
    expect(named).toEqual([...all('Admin', 7), ...all('User', 6)]);
    let last = '';
    for (const { name, test } of rows) {
      last = name || last;
      expect(tests, `${last} in docs/console.md`).toContain(test);
      expect(test).toContain(/UC\d/.exec(last)![0]);
    }
  });

  it('are named in the table, wherever a test says that it plays one', () => {
    for (const test of tests.filter((name) => /^UC\d/.test(name))) expect(rows.map((row) => row.test)).toContain(test);
  });
});
