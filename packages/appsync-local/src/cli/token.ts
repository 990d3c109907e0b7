/** `appsync-local token NAME`: the bare JWT on standard output, for scripts. */
import { parseArgs } from 'node:util';
import { emailProblem, subjectProblem } from '../issuers/accounts.ts';
import { clientsOf, issueToken } from '../issuers/tokens.ts';
import { readOutputs } from '../stack/outputs.ts';

export const tokenUsage = `appsync-local token NAME [options]

  NAME              the application: the last part of its issuer's path
  --sub SUB         whose token (default "auth0|alice")
  --email ADDRESS   the address that it proves
  --unverified      the issuer does not vouch for the address
  --id-token        an ID token: for the application, not for the API
  --ttl SECONDS     how long it holds
  --state DIR       the state folder of the running stack (default .local)`;

const cliOptions = {
  sub: { type: 'string', default: 'auth0|alice' },
  email: { type: 'string' },
  unverified: { type: 'boolean', default: false },
  'id-token': { type: 'boolean', default: false },
  ttl: { type: 'string' },
  state: { type: 'string', default: '.local' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export async function printToken(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: cliOptions, allowPositionals: true });
  if (values.help) return console.log(tokenUsage);
  const applications = readOutputs(values.state).Issuers ?? {};
  const [name = ''] = positionals;
  const application = applications[name];
  if (!application) {
    const known = Object.keys(applications).join(', ');
    throw new Error(`No application is called ${JSON.stringify(name)}; there are: ${known}\n\n${tokenUsage}`);
  }
  const problem = subjectProblem(values.sub) ?? (values.email === undefined ? null : emailProblem(values.email));
  if (problem) throw new Error(problem);
  if (values.ttl !== undefined && !/^[1-9]\d{0,8}$/.test(values.ttl))
    throw new Error(`--ttl ${values.ttl} is not a whole number of seconds, at least 1`);
  const request = {
    issuer: application.issuer,
    clientId: clientsOf(application.clientId)[0]!,
    sub: values.sub,
    email: values.email,
    emailVerified: values.unverified ? false : undefined,
    ttlSeconds: values.ttl === undefined ? undefined : Number(values.ttl),
  };
  console.log(await issueToken(values.state, request, application.settings, values['id-token'] ? 'id' : 'access'));
}
