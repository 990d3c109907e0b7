import { createClient, type Client, type CommandOptions, Refusal } from 'user-management-client';
import { WebSocket } from 'ws';
import { clientsOf, issueToken } from 'appsync-local/tokens';
import { localIssuers } from '../local/issuers.ts';
import type { Actor, Planned } from './plan.ts';
import type { Listened, SentCommand } from './record.ts';
import type { LocalStack } from './stack.ts';

const subjectOf = ({ name }: Actor): string => `auth0|${name}`;
export const nameOf = (actor: Actor): string => `${actor.application}:${subjectOf(actor)}`;

/** How long a command is sent again before it is given up, milliseconds. */
const patience = 120_000;

type Method = (...of: unknown[]) => Promise<unknown>;

/** Somebody with a token of the stack's. */
export const clientOf = async (stack: LocalStack, actor: Actor): Promise<Client> => {
  const [issuer, ids] =
    actor.application === 'admin' ? [stack.AdminIssuer, stack.AdminClientId] : [stack.UserIssuer, stack.UserClientId];
  const request = { issuer, clientId: clientsOf(ids)[0]!, sub: subjectOf(actor) };
  const token = () => issueToken(stack.state, request, localIssuers);
  return createClient({ url: stack.GraphQLUrl, realtimeUrl: stack.RealtimeUrl, token, WebSocket: WebSocket as never });
};

/** Sends a command, so many times side by side as is planned; resolves when it is known what the API makes of it. */
export const send = async (client: Client, { input, times, ...planned }: Planned): Promise<SentCommand> => {
  const { commandId, operation, aggregate, aggregateId } = planned;
  const sent: SentCommand = {
    commandId,
    actor: nameOf(planned.actor),
    operation,
    aggregate,
    aggregateId,
    times,
    sentAt: Date.now(),
  };
  const options: CommandOptions = { wait: 'receipt', commandId, timeout: patience };
  const method = client[operation as keyof Client] as Method;
  await Promise.all(
    Array.from({ length: times }, async () => {
      try {
        await (input === null ? method(options) : method(input, options));
        sent.receiptAt ??= Date.now();
      } catch (error) {
        sent.refused = error instanceof Refusal ? error.code : `no answer: ${(error as Error).message}`;
      }
    }),
  );
  // One receipt is enough: it is on its queue.
  if (sent.receiptAt !== undefined) delete sent.refused;
  return sent;
};

/** Listens to everything that an admin may hear. Resolves when the subscription stands. */
export const listen = (client: Client, actor: Actor, onCommand: (commandId: string) => void): Promise<Listened> => {
  const listened: Listened = { actor: nameOf(actor), lost: 0, versions: {} };
  return new Promise((resolve, reject) => {
    client.onProjectionUpdated(
      {},
      {
        ready: () => resolve(listened),
        lost: () => (listened.lost += 1),
        error: reject,
        next: ({ aggregate, aggregateId, version, commandId }) => {
          const stream = `${aggregate.toLowerCase()}#${aggregateId}`;
          listened.versions[stream] = Math.max(version, listened.versions[stream] ?? 0);
          if (commandId) onCommand(commandId);
        },
      },
    );
  });
};
