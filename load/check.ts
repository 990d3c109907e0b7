/** `npm run check`: whether what lies in the tables is as the guarantees say. `--help` says what it takes. */
import { parseArgs } from 'node:util';
import { examine } from './oracle/examine.ts';
import { examined, type Verdict } from './oracle/examined.ts';
import { sumsOf } from './oracle/sums.ts';
import { grouped } from './report.ts';
import { settled } from './settled.ts';

const usage = `Usage: npm run check -- [--state DIR] [--wait SECONDS]

Reads the tables and queues of the running local stack, and proves the guarantees I1 to I10 (docs/guarantees.md) as far
as tables show them, without any of the application's own code: streams are folded by a few plain lines. What loads have
sent and heard (\`npm run load\`) is compared as well. What is sealed stays sealed: of people it sees versions, lives, references
and claims, not names. Ends with 1 if something is wrong.

  --state DIR     the state folder of the running stack (default .local)
  --wait SECONDS  how long queues may take to be empty (default 60)
  --help          shows this`;

/** Most lines about one guarantee. */
const mostLines = 10;

const lineOf = ({ invariant, says, looked, wrong }: Verdict): string =>
  [
    `  ${invariant.padEnd(4)} ${wrong.length === 0 ? 'holds ' : 'BROKEN'}  ${says} (${looked})`,
    ...wrong.slice(0, mostLines).map((words) => `               ${words}`),
    ...(wrong.length > mostLines ? [`               and ${grouped(wrong.length - mostLines)} more`] : []),
  ].join('\n');

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      state: { type: 'string', default: '.local' },
      wait: { type: 'string', default: '60' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (!/^\d{1,6}$/.test(values.wait)) throw new Error(`--wait: ${values.wait} is not a number of seconds\n${usage}`);
  const { stored, others } = await settled(values.state, Number(values.wait));
  const all = examined(stored, Date.now());
  const verdicts = examine(all);
  console.log(sumsOf(all));
  console.log(`\n${verdicts.map(lineOf).join('\n')}`);
  if (others > 0) console.log(`\n${grouped(others)} loads were of another store that was in this folder: left out.`);
  const wrong = verdicts.reduce((total, verdict) => total + verdict.wrong.length, 0);
  console.log(wrong === 0 ? '\nEverything that was looked at holds.' : `\n${grouped(wrong)} things are wrong.`);
  return wrong === 0 ? 0 : 1;
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
