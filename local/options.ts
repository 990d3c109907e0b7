import { parseArgs } from 'node:util';

export interface Options {
  /** Folder for the assembly, logs, issuer keys and outputs.json. */
  stateDir: string;
  /** Of the API; the gateway has the next one. 0: any two free ones. */
  port: number;
  /** An assembly synthesized before; without it the application is synthesized now. */
  assemblyDir?: string;
  /** Whether tables, queues and keys outlive this run; `begin` throws away what earlier runs left. */
  keep?: 'go on' | 'begin';
  /** Of the account: so many invocations may be under way at once. */
  accountConcurrency: number;
  /** Trouble on purpose. */
  chaos?: { seed: number };
  /** Asks only how it is used. */
  help: boolean;
}

const defaultPort = 4000;
const defaultConcurrency = 1000;

export const usage = `Usage: npm start -- [--state DIR] [--fresh | --memory] [--port N] [--assembly DIR] [--concurrency N]
                       [--chaos [SEED]]

  --state DIR     where this stack keeps its files and outputs.json (default .local); another folder and port
                  for each stack that runs at the same time
  --fresh         begins anew: throws away the tables, queues and keys that earlier runs with this folder left
  --memory        keeps nothing for the next run, and touches nothing of what is kept; a little faster
  --port N        port of the API and the console (default: PORT, else ${defaultPort}); the tables and queues are
                  served on the next one; 0 takes any free ports
  --assembly DIR  runs a cloud assembly synthesized before, e.g. cdk.out
  --concurrency N runs the functions in an account with a concurrency of N (default ${defaultConcurrency}; a new account may
                  have 10): what goes beyond it is throttled, as on AWS
  --chaos [SEED]  makes a bad day of it: calls are late, lost, refused, made twice, functions crash; the same seed gives the
                  same chances. What else can be done to a running stack: packages/appsync-local/docs/engines.md
  --help          shows this`;

/** Reads the command line, with PORT from the environment. Throws an Error with words for the user. */
export function readOptions(argv: string[], environment: NodeJS.ProcessEnv): Options {
  const { values, chaos } = parse(argv);
  const assemblyDir = values.assembly;
  return {
    stateDir: values.state,
    port: readPort(
      values.port ?? environment['PORT'] ?? String(defaultPort),
      values.port === undefined ? 'PORT' : '--port',
    ),
    ...(assemblyDir === undefined ? {} : { assemblyDir }),
    ...(values.memory ? {} : { keep: values.fresh ? 'begin' : 'go on' }),
    accountConcurrency: readConcurrency(values.concurrency),
    ...(chaos === undefined ? {} : { chaos }),
    help: values.help,
  };
}

function parse(argv: string[]) {
  const options = {
    state: { type: 'string', default: '.local' },
    port: { type: 'string' },
    assembly: { type: 'string' },
    concurrency: { type: 'string', default: String(defaultConcurrency) },
    fresh: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  } as const;
  const { rest, chaos } = takeChaos(argv);
  try {
    return { ...parseArgs({ args: rest, options }), chaos };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
}

/** `--chaos`, `--chaos 7` or `--chaos=7`: an option whose value may be left out, which the parser does not know. */
function takeChaos(argv: string[]): { rest: string[]; chaos: Options['chaos'] } {
  const at = argv.findIndex((argument) => argument === '--chaos' || argument.startsWith('--chaos='));
  if (at === -1) return { rest: argv, chaos: undefined };
  const [option = '', next] = argv.slice(at);
  const written = option.includes('=') ? option.slice(option.indexOf('=') + 1) : undefined;
  const follows = written === undefined && next !== undefined && !next.startsWith('--');
  const text = written ?? (follows ? next : String(Math.floor(Math.random() * 1_000_000)));
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--chaos: ${text} is not a seed (a whole number)`);
  return { rest: argv.toSpliced(at, follows ? 2 : 1), chaos: { seed: Number(text) } };
}

function readPort(text: string, name: string): number {
  const port = Number(text);
  // The gateway takes the port after it.
  if (!/^\d+$/.test(text) || port > 65_534) throw new Error(`${name}: ${text} is not a port (0 to 65534)`);
  return port;
}

function readConcurrency(text: string): number {
  const concurrency = Number(text);
  if (!/^\d+$/.test(text) || concurrency < 1) throw new Error(`--concurrency: ${text} is not a number of at least 1`);
  return concurrency;
}
