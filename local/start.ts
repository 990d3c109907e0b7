/** `npm start`: the whole system on this machine, until Ctrl-C. */
import { readOptions, usage } from './options.ts';
import { type Stack, startStack } from './stack.ts';

const begun = process.hrtime.bigint();
const elapsed = () => (Number(process.hrtime.bigint() - begun) / 1e9).toFixed(1);

async function main(): Promise<void> {
  // The SDK would announce the end of its support for this version of Node.js.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { help, ...options } = readOptions(process.argv.slice(2), process.env);
  if (help) return console.log(usage);
  const starting = new AbortController();
  let stack: Stack | undefined;
  let stoppingSince: number | undefined;

  const stop = (why: string, exitCode = 0) => {
    // One Ctrl-C can arrive twice: from the terminal and, handed on, from npm.
    if (stoppingSince !== undefined) return void (Date.now() - stoppingSince > 500 && process.exit(130));
    stoppingSince = Date.now();
    process.exitCode = exitCode;
    console.log(`\n${why}: stopping (again to stop at once)`);
    const trouble = stack?.chaos.summary();
    if (trouble !== undefined) console.log(`Chaos, ${trouble}`);
    starting.abort(new Error('stopped'));
    // What is still starting ends by itself, below.
    void stack?.stop().then(() => process.exit(), fail);
  };
  process.on('SIGINT', () => stop('Interrupted'));
  process.on('SIGTERM', () => stop('Terminated'));
  process.on('SIGHUP', () => stop('Hung up'));
  stopWithNpm(() => stop('npm is gone'));

  try {
    stack = await startStack({
      ...options,
      console: true,
      signal: starting.signal,
      onProgress: (step) => console.log(`${elapsed().padStart(5)} s  ${step}`),
      onNotice: (words) => console.log(`Note: ${words}.`),
    });
  } catch (error) {
    if (stoppingSince !== undefined) process.exit();
    throw error;
  }
  if (stoppingSince !== undefined) return stack.stop().then(() => process.exit());
  const { outputs } = stack;
  void stack.failed.then((error) => {
    console.error(error.message);
    stop('The stack cannot go on', 1);
  });
  console.log(`
Ready after ${elapsed()} s. Ctrl-C stops it.

  Console     ${outputs.PlaygroundUrl}
  GraphQL     ${outputs.GraphQLUrl}
  Real time   ${outputs.RealtimeUrl}
  DynamoDB    ${outputs.DynamoDBEndpoint}  (access key: local)
  SQS         ${outputs.SqsEndpoint}  (access key: local)
  State       ${options.keep === undefined ? 'in memory, gone when it stops' : `kept in ${options.stateDir}/state (--fresh begins anew)`}
  Outputs     ${options.stateDir}/outputs.json
  Logs        ${options.stateDir}/logs
${options.chaos ? `  Chaos       on purpose, seed ${options.chaos.seed}; see and change it at ${outputs.ChaosEndpoint}\n` : ''}`);
}

/** npm hands signals on, but if it is killed outright nobody tells us. */
function stopWithNpm(stop: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, 1_000);
  watch.unref();
}

function fail(error: unknown): void {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

main().catch(fail);
