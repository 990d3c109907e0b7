/** A line of the product that a guarantee rests on, and the test that notices when it is gone. */
export interface Guard {
  /** Of letters, digits and hyphens. */
  id: string;
  /** What it sees to. */
  keeps: string;
  file: string;
  /** The text with the guard, exactly and once in the file, and the same without it. */
  before: string;
  after: string;
  /** The cheapest test file that notices; with a pattern, only its tests whose names match. */
  test: string;
  pattern?: string;
}

/**
 * Guards of one file, noticed by one test file: id, what it sees to, the text with it, the text without, and which
 * tests.
 */
export const guardsIn = (
  file: string,
  test: string,
  rows: [id: string, keeps: string, before: string, after: string, pattern?: string][],
): Guard[] =>
  rows.map(([id, keeps, before, after, pattern]) => ({
    id,
    keeps,
    file,
    before,
    after,
    test,
    ...(pattern !== undefined && { pattern }),
  }));
