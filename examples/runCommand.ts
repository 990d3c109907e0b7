/**
 * The recipe that never misses an outcome: choose the command's id, subscribe, send, receive; after a lost connection,
 * ask.
 */
import { Refusal, type Transport } from './transport.ts';

export interface Outcome {
  commandId: string;
  status: 'APPLIED' | 'REJECTED';
  aggregate: string;
  aggregateId: string;
  version: number | null;
  code: string | null;
  message: string | null;
}

const fields = 'commandId status operation aggregate aggregateId version code message';
const onCommandCompleted = `subscription Completed($commandId: ID!) { onCommandCompleted(commandId: $commandId) { ${fields} } }`;
const command = `query Command($commandId: ID!) { command(commandId: $commandId) { ${fields} } }`;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Sends a command and resolves with its outcome, whatever becomes of the connection meanwhile. When it is APPLIED, a
 * query shows what it did.
 * @param operation such as `createGroup`
 * @throws Refusal when the API does not take the command
 */
export const runCommand = async (
  transport: Transport,
  operation: string,
  input: Record<string, unknown>,
): Promise<Outcome> => {
  const commandId = crypto.randomUUID();
  const mutation = `mutation Send($input: ${operation.charAt(0).toUpperCase()}${operation.slice(1)}Input!, $commandId: ID) {
    ${operation}(input: $input, commandId: $commandId) { commandId } }`;
  let stop = () => {};
  let ended = false;

  /** Sending again is safe: the command has its effect once. So is asking. */
  const persistently = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
    for (let wait = 250; !ended; wait = Math.min(wait * 2, 10_000)) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Refusal) throw error;
        await pause(wait * (0.5 + Math.random() / 2));
      }
    }
    return undefined;
  };

  /**
   * What was pushed while the connection was lost can be asked for; what is not decided yet will be pushed, or answered
   * later.
   */
  const ask = async (): Promise<Outcome | undefined> =>
    persistently(async () => {
      const outcome = (await transport.request(command, { commandId }))['command'] as Outcome | null;
      if (!outcome) throw new Error('Not decided yet');
      if (outcome.status === 'APPLIED') await shown(transport, operation, outcome);
      return outcome;
    });

  try {
    return await new Promise<Outcome>((resolve, reject) => {
      let sent = false;
      stop = transport.subscribe(
        onCommandCompleted,
        { commandId },
        {
          ready: () => {
            const told = sent
              ? ask().then((outcome) => outcome && resolve(outcome))
              : persistently(() => transport.request(mutation, { input, commandId }));
            sent = true;
            told.catch(reject);
          },
          next: (outcome) => resolve(outcome as Outcome),
          error: reject,
        },
      );
    });
  } finally {
    ended = true;
    stop();
  }
};

/** A pushed outcome comes once the view shows it; one that was asked for may be a moment earlier. */
const shown = async (
  transport: Transport,
  operation: string,
  { aggregate, aggregateId, version }: Outcome,
): Promise<void> => {
  // Who is no admin reads the own user alone.
  const own = operation === 'signUp' || operation === 'updateProfile';
  const view = own ? 'me' : aggregate.toLowerCase();
  const answer = await (own
    ? transport.request('query View { me { version } }', {})
    : transport.request(`query View($id: ID!) { ${view}(id: $id) { version } }`, { id: aggregateId }));
  const row = answer[view] as { version: number } | null;
  const holds = operation.startsWith('delete') ? row === null : row && row.version >= (version ?? 0);
  if (!holds) throw new Error('Not shown yet');
};
