/** `npm run load`: commands of every kind for a running stack. `--help` says what it takes. */
import { load } from './load.ts';
import { readOptions, usage } from './options.ts';
import { writeRecord } from './record.ts';
import { fateOf, loadReport } from './report.ts';
import { stackIn } from './stack.ts';

const main = async (args: string[]): Promise<number> => {
  const options = readOptions(args);
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  const record = await load(options, stackIn(options.state), (words) => console.error(words));
  const file = writeRecord(options.state, record);
  console.log(loadReport(record));
  console.log(`\nWritten down in ${file}. \`npm run check -- --state ${options.state}\` compares it with the tables.`);
  return record.commands.some((each) => fateOf(each) === 'no outcome') ? 1 : 0;
};

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
