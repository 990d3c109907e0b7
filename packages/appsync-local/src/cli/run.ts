/** `appsync-local --assembly DIR`: the stack, until Ctrl-C. */
import { parseArgs } from 'node:util';
import { type IssuerSettings, defaultSettings } from '../issuers/settings.ts';
import { startStack } from '../stack/stack.ts';
import { subjectProblem } from '../issuers/accounts.ts';

export const runUsage = `appsync-local --assembly DIR [options]

  --assembly DIR    what \`cdk synth\` wrote, e.g. cdk.out
  --port N          of the API (default 4000; the tables and queues are served on the next one; 0: any free ones)
  --state DIR       where this stack keeps its files and outputs.json (default .local)
  --audience URI    what access tokens are for (default ${defaultSettings.audience})
  --claims PREFIX   access tokens carry <PREFIX>email and <PREFIX>email_verified
  --account SUB     offered on the log-in page, e.g. "auth0|alice"; may be given several times`;

const cliOptions = {
  assembly: { type: 'string' },
  port: { type: 'string', default: '4000' },
  state: { type: 'string', default: '.local' },
  audience: { type: 'string' },
  claims: { type: 'string' },
  account: { type: 'string', multiple: true, default: [] as string[] },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof cliOptions }>>['values'];

/** Resolves when the stack serves; the process ends with Ctrl-C. Rejects with words for the user. */
export async function runStack(args: string[]): Promise<void> {
  const values = read(args);
  if (values.help) return console.log(runUsage);
  if (values.assembly === undefined) throw new Error(`--assembly is missing\n\n${runUsage}`);
  const port = Number(values.port);
  // The tables and queues take the port after it.
  if (!/^\d+$/.test(values.port) || port > 65_534) throw new Error(`--port ${values.port} is not a port (0 to 65534)`);

  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const starting = new AbortController();
  const stopping = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        starting.abort(new Error('Stopped.'));
        resolve();
      });
    }
  });
  const stack = await startStack({
    assembly: values.assembly,
    port,
    stateDir: values.state,
    issuers: settingsOf(values),
    signal: starting.signal,
    onProgress: console.log,
  });
  const { GraphQLUrl, RealtimeUrl, DynamoDBEndpoint, Issuers } = stack.outputs;
  console.log(`
Ready. Ctrl-C stops it.

  GraphQL    ${GraphQLUrl}
  Real time  ${RealtimeUrl}
  Tables     ${DynamoDBEndpoint}  (and queues; access key: local)
  Outputs    ${values.state}/outputs.json
  Logs       ${values.state}/logs
  Log-in     ${Object.entries(Issuers)
    .map(([name, { issuer }]) => `${issuer}  (appsync-local token ${name})`)
    .join('\n             ')}
`);
  const ended = await Promise.race([stopping, stack.failed]);
  await stack.stop();
  if (ended instanceof Error) throw ended;
  process.exit();
}

function read(args: string[]): Values {
  try {
    return parseArgs({ args, options: cliOptions }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${runUsage}`);
  }
}

function settingsOf({ audience, claims, account }: Values): IssuerSettings {
  for (const sub of account) {
    const problem = subjectProblem(sub);
    if (problem) throw new Error(`--account ${sub}: ${problem}`);
  }
  return {
    audience: audience ?? defaultSettings.audience,
    ...(claims === undefined ? {} : { claimNamespace: claims }),
    accounts: account.map((sub) => ({ sub })),
  };
}
