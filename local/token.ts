/**
 * Prints an access token for the running stack: the bare JWT on standard output, for scripts.
 *
 *   npm run --silent token -- admin [--sub SUB] [--scope SCOPE] [--ttl SECONDS] [--expired] [--state DIR]
 *   npm run --silent token -- user [--sub "auth0|alice"] …
 */
import { parseArgs } from 'node:util';
import { subjectProblem } from '../packages/appsync-local/src/issuers/accounts.ts';
import { signJwt } from '../packages/appsync-local/src/issuers/jwt.ts';
import type { SigningKey } from '../packages/appsync-local/src/issuers/jwt.ts';
import { readSecrets } from '../packages/appsync-local/src/issuers/keys.ts';
import { findApplication } from '../packages/appsync-local/src/issuers/outputs.ts';
import { publishedKeyIds } from '../packages/appsync-local/src/issuers/published.ts';
import { accessTokenClaims, clientsOf } from '../packages/appsync-local/src/issuers/tokens.ts';

const USAGE =
  'Usage: npm run --silent token -- admin|user [--sub SUB] [--scope SCOPE] [--ttl SECONDS] [--expired] [--state DIR]';

const DEFAULT_SUBJECTS = { admin: 'auth0|admin', user: 'auth0|alice' };

/** Resolves to the token; rejects with a message that says what to do. */
async function createToken(argv: string[]): Promise<string> {
  const { role, sub, scope, ttlSeconds, expired, stateDir } = readArguments(argv);
  const { issuer, clientId } = await findApplication(stateDir, role);
  const key = await signingKey(stateDir, issuer);
  return signJwt(
    accessTokenClaims({ issuer, clientId: clientsOf(clientId)[0]!, sub, scope, ttlSeconds, expired }),
    key,
  );
}

function readArguments(argv: string[]) {
  const { values, positionals } = parse(argv);
  const role = positionals[0];
  if (positionals.length !== 1 || (role !== 'admin' && role !== 'user')) {
    throw new Error(`${role === undefined ? 'No role given' : `Unknown role: ${positionals.join(' ')}`}\n${USAGE}`);
  }
  const sub = values.sub ?? DEFAULT_SUBJECTS[role];
  const problem = subjectProblem(sub);
  if (problem) throw new Error(`--sub ${sub}: ${problem}`);
  if (values.ttl !== undefined && !/^[1-9]\d{0,8}$/.test(values.ttl))
    throw new Error(`--ttl ${values.ttl}: a whole number of seconds, at least 1`);
  const ttlSeconds = values.ttl === undefined ? undefined : Number(values.ttl);
  return { role, sub, ttlSeconds, scope: values.scope, expired: values.expired, stateDir: values.state } as const;
}

function parse(argv: string[]) {
  try {
    const options = {
      sub: { type: 'string' },
      scope: { type: 'string' },
      ttl: { type: 'string' },
      expired: { type: 'boolean', default: false },
      state: { type: 'string', default: '.local' },
    } as const;
    return parseArgs({ args: argv, allowPositionals: true, options });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}

/** The key of the running issuer. A key on file that the issuer does not publish would only make tokens that are refused. */
async function signingKey(stateDir: string, issuer: string): Promise<SigningKey> {
  const start = 'Start the stack with `npm start`, or name its state folder with --state DIR.';
  const [secrets, published] = await Promise.all([readSecrets(stateDir, issuer), publishedKeyIds(issuer)]);
  if (!published) throw new Error(`No stack is running: nothing answers at ${issuer}\n${start}`);
  if (!secrets) throw new Error(`The keys of ${issuer} are not in ${stateDir}\n${start}`);
  if (!published.includes(secrets.current.kid))
    throw new Error(
      `The stack at ${issuer} does not use the keys in ${stateDir}: another one has taken its port\n${start}`,
    );
  return secrets.current;
}

try {
  process.stdout.write(`${await createToken(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
