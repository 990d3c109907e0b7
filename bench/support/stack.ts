import { clientsOf, issueToken } from 'appsync-local/tokens';
import { localIssuers } from '../../local/issuers.ts';
import { type Stack, startStack, type StackOptions } from '../../local/stack.ts';
import type { Bench } from '../scenario.ts';
import { Client } from './client.ts';

export interface RunningStack {
  stack: Stack;
  /** Its folder, with the functions' logs. */
  stateDir: string;
  admin: Client;
  /** A caller of the user application, with the own id `bench`. */
  user: Client;
}

/** Runs `work` with a stack of its own. */
export const withStack = async <Outcome>(
  bench: Bench,
  options: Omit<StackOptions, 'port' | 'stateDir' | 'assemblyDir'>,
  work: (running: RunningStack) => Promise<Outcome>,
): Promise<Outcome> => {
  bench.say('starting a stack');
  const stateDir = bench.newFolder();
  const stack = await startStack({ port: 0, stateDir, assemblyDir: bench.assemblyDir, ...options });
  const { GraphQLUrl, AdminIssuer, AdminClientId, UserIssuer, UserClientId } = stack.outputs;
  const clientOf = async (issuer: string, clientId: string, sub: string) =>
    new Client(
      GraphQLUrl,
      await issueToken(stateDir, { issuer, clientId: clientsOf(clientId)[0]!, sub }, localIssuers),
    );
  const admin = await clientOf(AdminIssuer, AdminClientId, 'auth0|admin');
  const user = await clientOf(UserIssuer, UserClientId, 'auth0|bench');
  try {
    return await work({ stack, stateDir, admin, user });
  } finally {
    admin.close();
    user.close();
    await stack.stop();
  }
};
