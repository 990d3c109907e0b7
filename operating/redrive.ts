/** `npm run redrive -- <queue>`: brings the dead letters of a queue back to it. `--help` says what it takes. */
import { queuePairs } from '../domain/operations.ts';
import { moveDeadLetters } from './moveDeadLetters.ts';
import { findTarget } from './target.ts';
import { readOptions, runTool } from './tool.ts';

const usage = `Usage: npm run redrive -- <queue>... | --all [--state DIR | --outputs FILE] [--per-second N]

Brings the dead letters of queues back, to be handled again. Mend first what made them fail.

  <queue>         such as createUserQueue or executeCreateUserQueue; --all: every queue that has dead letters
  --state DIR     the state folder of the running local stack (default .local)
  --outputs FILE  a deployed stack, by the file that \`cdk deploy --outputs-file\` wrote; with the credentials of the
                  environment, which must be those of the stack's RedriveRoleArn (docs/operating.md)
  --per-second N  most messages a second, 1 to 500 (default: as fast as SQS can)`;

const redrivable = [
  ...queuePairs.flatMap(({ commandQueue, executionQueue }) => [commandQueue, executionQueue]),
  'recoveryQueue',
];

const run = async (args: string[]): Promise<void> => {
  const { values, positionals } = read(args);
  if (values.help) return void console.log(usage);
  const queues = values.all ? redrivable : positionals.map((name) => name.replace(/Dlq$/, ''));
  if (queues.length === 0) throw new Error(`No queue given\n${usage}`);
  for (const queue of queues) refuseUnknown(queue);
  const perSecond = rateIn(values['per-second']);
  const target = await findTarget(values);
  let moved = 0;
  for (const queue of queues) {
    const say = (text: string) => console.log(`${queue}: ${text}`);
    moved += await moveDeadLetters(target, queue, { say, perSecond, quiet: values.all });
  }
  if (queues.length > 1) console.log(`${moved} brought back`);
};

const read = (args: string[]) => {
  const options = {
    help: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    state: { type: 'string', default: '.local' },
    outputs: { type: 'string' },
    'per-second': { type: 'string' },
  } as const;
  return readOptions({ args, options, allowPositionals: true }, usage);
};

const refuseUnknown = (queue: string): void => {
  if (queue === 'mediatorFailureQueue')
    throw new Error(
      'mediatorFailureQueue has nowhere to go back to: its messages name items of the event store. See deadLetters in docs/operating.md.',
    );
  if (!redrivable.includes(queue)) throw new Error(`There is no queue ${queue}. There are: ${redrivable.join(', ')}`);
};

const rateIn = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (!Number.isInteger(rate) || rate < 1 || rate > 500) throw new Error(`--per-second takes 1 to 500, not ${text}`);
  return rate;
};

runTool(run);
