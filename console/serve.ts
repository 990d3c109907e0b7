/**
 * Serves the console for a deployed API, on this machine; or writes it to a folder, to be served from elsewhere.
 *
 *   npm run console -- --outputs cdk-outputs.json [--port N | --to DIR]
 *
 * The outputs are those of `cdk deploy --outputs-file cdk-outputs.json`. The address that it prints must be among the
 * allowed callback, log-out and web origin URLs of both Auth0 applications.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildConsole } from './build.ts';
import { readOutputs } from './outputs.ts';
import type { ConsoleConfig } from './outputs.ts';
import { createConsole } from './server.ts';

const usage = `Usage: npm run console -- --outputs cdk-outputs.json [--port N | --to DIR]

  --outputs FILE   outputs of \`cdk deploy --outputs-file\`
  --port N         where the page is served on this machine (default 4400; both applications must know the address)
  --to DIR         writes the page there instead, ready to be served: files, and the outputs that it needs`;

/** Fixed, because the applications at Auth0 must know the page's address. */
const defaultPort = 4400;

if (process.argv.includes('--help')) {
  console.log(usage);
  process.exit(0);
}

try {
  const { outputs, port, to } = readArguments();
  const config = await loadOutputs(outputs);
  if (to === undefined) serve(config, port);
  else await write(config, to);
} catch (error) {
  fail((error as Error).message);
}

function serve(config: ConsoleConfig, port: number): void {
  const dist = buildConsole();
  const page = createConsole({ config, dist });
  const server = createServer((req, res) => {
    if (!page.handle(req, res)) res.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
  });
  server.on('error', (error: NodeJS.ErrnoException) =>
    fail(error.code === 'EADDRINUSE' ? `Port ${port} is in use. Choose another with --port N.` : error.message),
  );
  server.listen(port, '127.0.0.1', () => {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    console.log(
      `Console of ${config.GraphQLUrl}\n  ${address}\nBoth Auth0 applications must allow it as callback URL, log-out URL and web origin. Ctrl-C stops it.`,
    );
  });
  dist.catch((error: Error) => fail(error.message));
}

async function write(config: ConsoleConfig, to: string): Promise<void> {
  const built = await buildConsole();
  await mkdir(to, { recursive: true });
  await cp(built, to, { recursive: true });
  await writeFile(join(to, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  console.log(
    `The console of ${config.GraphQLUrl} is in ${to}. Into the stack's bucket (-c hosting=true) it goes by\n  aws s3 sync ${to} s3://<ConsoleBucket> --delete --cache-control no-cache`,
  );
}

function readArguments(): { outputs: string; port: number; to: string | undefined } {
  const { values } = parse();
  const port = Number(values.port ?? defaultPort);
  if (values.outputs === undefined || !Number.isInteger(port) || port < 0 || port > 65535) throw new Error(usage);
  return { outputs: values.outputs, port, to: values.to };
}

function parse() {
  try {
    return parseArgs({ options: { outputs: { type: 'string' }, port: { type: 'string' }, to: { type: 'string' } } });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
}

async function loadOutputs(file: string): Promise<ConsoleConfig> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT'
        ? `There is no ${file}. Deploy with: npx cdk deploy --outputs-file ${file}`
        : `${file} cannot be read: ${error.message}`,
    );
  });
  try {
    return readOutputs(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file}${error instanceof SyntaxError ? ' is not JSON' : ''}: ${(error as Error).message}`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
