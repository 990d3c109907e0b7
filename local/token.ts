/**
 * Prints a token for the running stack: the bare JWT on standard output, for scripts. `--help` says what it takes.
 */
import { parseArgs } from 'node:util';
import {
  clientsOf,
  emailProblem,
  issueToken,
  publishedKeyIds,
  readOutputs,
  readSecrets,
  subjectProblem,
} from 'appsync-local/tokens';
import { applicationsOf, localIssuers } from './issuers.ts';
import { type ApplicationOutputs, howToStart } from './outputs.ts';

const usage = `Usage: npm run --silent token -- admin|user [--sub SUB] [--email ADDRESS] [--unverified] [--id-token]
                                          [--scope SCOPE] [--ttl SECONDS] [--expired] [--state DIR]

  --sub SUB        whose token: a connection, a bar and an id (default auth0|admin, auth0|alice)
  --email ADDRESS  the address that the token proves (default: what stands behind the last bar, @example.com)
  --unverified     the issuer does not vouch for the address
  --id-token       an ID token: meant for the application, not for the API
  --scope SCOPE    the token's scope (default "openid profile email")
  --ttl SECONDS    how long it holds
  --expired        one that was valid until a minute ago
  --state DIR      the state folder of the running stack (default .local)`;

const defaultSubjects = { admin: 'auth0|admin', user: 'auth0|alice' };

/** Resolves to what is to be printed; rejects with a message that says what to do. */
async function run(argv: string[]): Promise<string> {
  const { values, positionals } = parse(argv);
  if (values.help) return usage;
  const role = positionals[0];
  if (positionals.length !== 1 || (role !== 'admin' && role !== 'user'))
    throw new Error(`${role === undefined ? 'No role given' : `Unknown role: ${positionals.join(' ')}`}\n${usage}`);
  const sub = values.sub ?? defaultSubjects[role];
  refuse('--sub', sub, subjectProblem(sub));
  if (values.email !== undefined) refuse('--email', values.email, emailProblem(values.email));
  if (values.ttl !== undefined && !/^[1-9]\d{0,8}$/.test(values.ttl))
    refuse('--ttl', values.ttl, 'a whole number of seconds, at least 1');

  const { issuer, clientId } = findApplication(values.state, role);
  await refuseStranger(values.state, issuer);
  const request = {
    issuer,
    clientId: clientsOf(clientId)[0]!,
    sub,
    email: values.email,
    emailVerified: values.unverified ? false : undefined,
    scope: values.scope,
    ttlSeconds: values.ttl === undefined ? undefined : Number(values.ttl),
    expired: values.expired,
  };
  return issueToken(values.state, request, localIssuers, values['id-token'] ? 'id' : 'access');
}

function parse(argv: string[]) {
  const options = {
    sub: { type: 'string' },
    email: { type: 'string' },
    unverified: { type: 'boolean', default: false },
    'id-token': { type: 'boolean', default: false },
    scope: { type: 'string' },
    ttl: { type: 'string' },
    expired: { type: 'boolean', default: false },
    state: { type: 'string', default: '.local' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    return parseArgs({ args: argv, allowPositionals: true, options });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
}

function refuse(option: string, value: string, problem: string | null): void {
  if (problem) throw new Error(`${option} ${value}: ${problem}`);
}

/** Reads an application's issuer and client from the running stack's outputs. */
function findApplication(stateDir: string, role: 'admin' | 'user'): { issuer: string; clientId: string } {
  let outputs: ApplicationOutputs;
  try {
    outputs = readOutputs(stateDir) as ApplicationOutputs;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${howToStart}`);
  }
  const application = applicationsOf(outputs).find(({ name }) => name === role);
  if (typeof application?.issuer !== 'string' || typeof application.clientId !== 'string')
    throw new Error(
      `The outputs in ${stateDir} name no issuer and client of the ${role} application. Restart the stack.`,
    );
  return application;
}

/** A key on file that the running issuer does not publish would only make tokens that are refused. */
async function refuseStranger(stateDir: string, issuer: string): Promise<void> {
  const [secrets, published] = await Promise.all([readSecrets(stateDir, issuer), publishedKeyIds(issuer)]);
  if (!published) throw new Error(`No stack is running: nothing answers at ${issuer}\n${howToStart}`);
  if (!secrets) throw new Error(`The keys of ${issuer} are not in ${stateDir}\n${howToStart}`);
  if (!published.includes(secrets.current.kid))
    throw new Error(
      `The stack at ${issuer} does not use the keys in ${stateDir}: another one has taken its port\n${howToStart}`,
    );
}

try {
  process.stdout.write(`${await run(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
