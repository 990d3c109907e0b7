import { parseArgs } from 'node:util';

export interface Options {
  /** Folder for the assembly, logs, issuer keys and outputs.json. */
  stateDir: string;
  /** Of the API; the gateway has the next one. 0: any two free ones. */
  port: number;
  /** An assembly synthesized before; without it the application is synthesized now. */
  assemblyDir?: string;
}

const DEFAULT_PORT = 4000;

export const USAGE = `Usage: npm start -- [--state DIR] [--port N] [--assembly DIR]

  --state DIR     where this stack keeps its files and outputs.json (default .local); another folder and port
                  for each stack that runs at the same time
  --port N        port of the API and the playground (default: PORT, else ${DEFAULT_PORT}); the tables and queues are
                  served on the next one; 0 takes any free ports
  --assembly DIR  runs a cloud assembly synthesized before, e.g. cdk.out`;

/** Reads the command line, with PORT from the environment. Throws an Error with words for the user. */
export function readOptions(argv: string[], environment: NodeJS.ProcessEnv): Options {
  const { values } = parse(argv);
  const assemblyDir = values.assembly;
  return {
    stateDir: values.state,
    port: readPort(
      values.port ?? environment['PORT'] ?? String(DEFAULT_PORT),
      values.port === undefined ? 'PORT' : '--port',
    ),
    ...(assemblyDir === undefined ? {} : { assemblyDir }),
  };
}

function parse(argv: string[]) {
  const options = {
    state: { type: 'string', default: '.local' },
    port: { type: 'string' },
    assembly: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args: argv, options });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}

function readPort(text: string, name: string): number {
  const port = Number(text);
  // The gateway takes the port after it.
  if (!/^\d+$/.test(text) || port > 65_534) throw new Error(`${name}: ${text} is not a port (0 to 65534)`);
  return port;
}
