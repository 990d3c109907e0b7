import { parseArgs } from 'node:util';

export interface LoadOptions {
  state: string;
  commands: number;
  /** Commands a second. */
  rate: number;
  chaos: boolean;
  seed: number;
}

export const usage = `Usage: npm run load -- [--commands N] [--rate R] [--chaos] [--seed S] [--state DIR]

Sends commands of every kind to the running local stack: some for values that others want too, some twice, by several
people of both applications, while others listen. Waits for all outcomes, and writes down what was sent and heard, for
\`npm run check\` to compare with the tables.

  --commands N  how many (default 1000), a few more to begin with not counted
  --rate R      how many a second at the most (default 50)
  --chaos       makes a bad day of it meanwhile: calls are late, lost, refused, made twice, functions crash
  --seed S      the same seed makes the same commands (default: another each time)
  --state DIR   the state folder of the running stack (default .local)
  --help        shows this`;

/** @throws Error in words for the user */
export const readOptions = (args: string[]): LoadOptions | 'help' => {
  const options = {
    state: { type: 'string', default: '.local' },
    commands: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    chaos: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  const { values } = (() => {
    try {
      return parseArgs({ args, options });
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${usage}`);
    }
  })();
  if (values.help) return 'help';
  const numberOf = (name: 'commands' | 'rate' | 'seed', least: number): number => {
    const text = values[name];
    if (!/^\d{1,9}$/.test(text) || Number(text) < least)
      throw new Error(`--${name}: ${text} is not a whole number from ${least}`);
    return Number(text);
  };
  return {
    state: values.state,
    chaos: values.chaos,
    commands: numberOf('commands', 1),
    rate: numberOf('rate', 1),
    seed: numberOf('seed', 0),
  };
};
