import { parseArgs } from 'node:util';
import { copyOfTree } from './copy.ts';
import type { Guard } from './guard.ts';
import { guards, guardsByKind } from './guards/index.ts';
import { type Result, runTests, stopTests, tryWithout } from './mutate.ts';

const kinds = Object.keys(guardsByKind);

const usage = `Usage: npm run mutate -- [--only NAME[,NAME …]] [--list]

Takes out the guards that the guarantees rest on, one at a time, in a copy of the tree, and runs the cheapest tests that
should notice. Ends with 1 if a guard's removal went unnoticed.

  --only NAME  guards by id, by the beginning of their ids, or by kind: ${kinds.join(', ')}
  --list       says which guards there are, and runs nothing
  --help       shows this`;

const chosenFrom = (only: string | undefined): Guard[] => {
  if (only === undefined) return guards;
  const chosen = only.split(',').flatMap((name) => {
    const found = guardsByKind[name] ?? guards.filter(({ id }) => id.startsWith(name));
    if (found.length === 0) throw new Error(`--only: there is no guard or kind ${name}\n${usage}`);
    return found;
  });
  return [...new Set(chosen)];
};

const line = ({ guard, verdict, detail, seconds }: Result): string =>
  `${verdict.toUpperCase().padEnd(9)} ${guard.id.padEnd(28)} ${String(seconds).padStart(4)} s  ${guard.keeps}\n` +
  `${' '.repeat(47)}${verdict === 'noticed' ? `by ${detail}` : `${guard.file}; ${guard.test} ${detail}`}`;

/** All that is run must pass as long as nothing is taken out, or it would notice whatever it is. */
const expectHealthy = async (folder: string, files: string[]): Promise<void> => {
  const { passed, failed, first } = await runTests(folder, files);
  if (failed > 0 || passed === 0) throw new Error(`The tests do not pass with every guard in its place: ${first}`);
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const chosen = chosenFrom(values.only);
  if (values.list) {
    for (const { id, keeps, file, test } of chosen)
      console.log(`${id.padEnd(28)} ${keeps}\n${' '.repeat(29)}${file}; ${test}`);
    return 0;
  }
  const began = Date.now();
  const { folder, remove } = copyOfTree();
  const end = () => {
    stopTests();
    remove();
    process.exit(130);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    const files = [...new Set(chosen.map(({ test }) => test))];
    console.log(`${chosen.length} guards; first their ${files.length} test files with every guard in its place`);
    await expectHealthy(folder, files);
    const results: Result[] = [];
    for (const [index, guard] of chosen.entries()) {
      const result = await tryWithout(guard, folder);
      results.push(result);
      console.log(`${String(index + 1).padStart(3)}/${chosen.length} ${line(result)}`);
    }
    const bad = results.filter(({ verdict }) => verdict !== 'noticed');
    const seconds = Math.round((Date.now() - began) / 1000);
    console.log(
      `\n${chosen.length} guards taken out: ${chosen.length - bad.length} noticed, ${bad.length} not, in ${seconds} seconds`,
    );
    for (const result of bad) console.log(line(result));
    return bad.length === 0 ? 0 : 1;
  } finally {
    remove();
  }
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
