import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mapBounded } from '../../functions/runtime/concurrency.ts';
import type { CommandOutcome, ProjectionUpdate } from '../../generated/schema.ts';
import type { GatewayCall } from 'appsync-local/parts';
import { admin, type Client, user } from '../support/clients/client.ts';
import { expectHeard } from '../support/clients/heard.ts';
import { expectInvariants } from '../support/models/invariants.ts';
import { ownStack, type OwnStack } from '../support/stack/ownStack.ts';
import { soak } from '../support/runs.ts';
import { randomOf } from '../../load/random.ts';
import { onCommandCompleted, RawSubscriber, type Stream } from '../support/clients/rawSubscriber.ts';
import { type Fate, startUnreliableNetwork, type UnreliableNetwork } from '../support/clients/unreliableNetwork.ts';

/** At least one round; with SOAK_SECONDS as many as fit. SOAK_SEED repeats the choices of a run. */
const soakSeconds = Number(process.env['SOAK_SECONDS'] ?? 0);
/** Who listens, with credentials of their own: each sends some five commands a round. */
const listening = soak || soakSeconds > 0 ? { admins: 40, users: 60 } : { admins: 16, users: 24 };
const seed = Number(process.env['SOAK_SEED'] ?? Date.now() % 1_000_000);
const random = randomOf(seed);

/** How often a publication fails; and how often, if it was lost on the way, the publisher dies. */
const loss = 0.15;
const death = 0.8;
/** How often a message is on its queue twice. */
const repetition = 0.15;

const onProjectionUpdated = `subscription($aggregate: AggregateType, $aggregateId: ID) { onProjectionUpdated(aggregate: $aggregate, aggregateId: $aggregateId) {
  aggregate aggregateId version change commandId eventId
  user { id firstName lastName birthDate email roleId groupId version } group { id name description version }
} }`;

interface Subscriber {
  client: Client;
  socket: RawSubscriber;
  updates: Stream<ProjectionUpdate>;
  concerns(update: { aggregate: string; aggregateId: string }): boolean;
}

/** A command whose sender listens for its outcome. */
interface Sent {
  client: Client;
  commandId: string;
  outcomes: Stream<CommandOutcome>;
}

let own: OwnStack;
let publications: UnreliableNetwork;
const sockets: RawSubscriber[] = [];
const admins: Subscriber[] = [];
const users: Subscriber[] = [];
const faults = { refused: 0, lost: 0, 'answer lost': 0, killed: 0, repeated: 0 };

const idOf = ({ sub }: Client) => sub.slice('auth0|'.length);

beforeAll(async () => {
  publications = await startUnreliableNetwork();
  own = await ownStack({
    // Short, but longer than a batch takes on a busy machine: what comes back in the middle of its handling only adds
    // to the load.
    queueVisibilityOverrideSeconds: 6,
    lambdaConcurrencyPerFunction: 2,
    // The functions publish through a network of the test's. No message is given up on: that is another test's matter.
    transformTemplate: (template) => {
      for (const { Type, Properties = {} } of Object.values(template.Resources) as {
        Type: string;
        Properties?: Record<string, any>;
      }[]) {
        const variables = Properties['Environment']?.Variables;
        if (variables?.GRAPHQL_URL) variables.GRAPHQL_URL = publications.GraphQLUrl;
        if (Type === 'AWS::SQS::Queue' && Properties['RedrivePolicy'])
          Properties['RedrivePolicy'].maxReceiveCount = 1000;
      }
      return template;
    },
  });
  publications.connectTo(own.outputs);
  await subscribeAll();
  publications.decide(publicationFate);
  own.stack.gateway.onCall(repeatMessages);
  own.stack.gateway.onCall(noticeWornOut);
});
afterAll(async () => {
  for (const socket of sockets) socket.cut();
  await own?.stop();
  await publications?.stop();
});

/** All on 10 connections; each admin listens to a part of what there is. */
async function subscribeAll(): Promise<void> {
  const clients = [
    ...(await Promise.all(Array.from({ length: listening.admins }, (_, n) => admin(`auth0|admin-${n}`, own.stateDir)))),
    ...(await Promise.all(Array.from({ length: listening.users }, (_, n) => user(`auth0|user-${n}`, own.stateDir)))),
  ];
  sockets.push(
    ...(await Promise.all(clients.slice(0, 10).map(({ token }) => RawSubscriber.connect(own.outputs, token!)))),
  );
  await Promise.all(
    clients.map(async (client, n) => {
      const socket = sockets[n % 10]!;
      const parts = [
        {},
        { aggregate: 'USER' },
        { aggregate: 'GROUP', aggregateId: null },
        { aggregate: null, aggregateId: `user-${n}` },
      ];
      const variables: { aggregate?: string | null; aggregateId?: string | null } =
        n < listening.admins ? parts[n % 4]! : {};
      const wanted = n < listening.admins ? variables : { aggregate: 'USER', aggregateId: idOf(client) };
      const updates = await socket.subscribe<ProjectionUpdate>(onProjectionUpdated, variables, client.token);
      (n < listening.admins ? admins : users).push({
        client,
        socket,
        updates,
        concerns: ({ aggregate, aggregateId }) =>
          (wanted.aggregate ?? aggregate) === aggregate && (wanted.aggregateId ?? aggregateId) === aggregateId,
      });
    }),
  );
}

/**
 * Messages that have come back so often that their next failure could be the last: their subscribers are not told then,
 * which is another test's matter.
 */
const wornOut = new Set<string>();
const oftenEnough = 4;

function noticeWornOut({ phase, operation, input, response }: GatewayCall): void {
  if (phase !== 'after' || response?.status !== 200) return;
  if (operation === 'ReceiveMessage')
    for (const { ReceiptHandle, Attributes } of (response.body['Messages'] ?? []) as Message[])
      if (Number(Attributes?.['ApproximateReceiveCount']) >= oftenEnough) wornOut.add(ReceiptHandle!);
  if (operation === 'DeleteMessageBatch')
    for (const { ReceiptHandle } of input['Entries'] as Message[]) wornOut.delete(ReceiptHandle!);
}

/** Refuses a publication; or loses it, or its answer, and most of the time kills the publisher meanwhile. */
function publicationFate(_body: string, headers: IncomingHttpHeaders): Fate {
  if (wornOut.size > 0 || !random.chance(loss)) return 'delivered';
  const fate = random.pick(['refused', 'lost', 'answer lost'] as const);
  faults[fate] += 1;
  if (fate !== 'refused' && random.chance(death)) {
    faults.killed += 1;
    own.stack.lambda.killWorker(String(headers['x-amz-security-token']).split('#').at(-1)!);
  }
  return fate;
}

/** Puts a copy of some of what resolvers and functions send on the same queue, now or a little later. */
function repeatMessages({ phase, caller, operation, input, response }: GatewayCall): void {
  if (
    phase !== 'after' ||
    caller === 'administrator' ||
    response?.status !== 200 ||
    !/^SendMessage(Batch)?$/.test(operation)
  )
    return;
  const entries = operation === 'SendMessage' ? [input] : (input['Entries'] as Record<string, unknown>[]);
  for (const { MessageBody } of entries) {
    if (!random.chance(repetition)) continue;
    faults.repeated += 1;
    const QueueUrl = String(input['QueueUrl']);
    void own.inspection.sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: String(MessageBody),
        DelaySeconds: Math.floor(random.next() * 3),
      }),
    );
  }
}

/** Sends a command once its outcome is listened for. */
const send = async (
  { client, socket }: Subscriber,
  operation: string,
  input: Record<string, unknown>,
  commandId: string = randomUUID(),
): Promise<Sent> => {
  const outcomes = await socket.subscribe<CommandOutcome>(onCommandCompleted, { commandId }, client.token);
  await client.send(operation, input, commandId);
  return { client, commandId, outcomes };
};

/** Five commands of each user: of one aggregate, in part for the same e-mail addresses, in part what is so already. */
const userCommands = async (subscriber: Subscriber, round: number, sharedId: string): Promise<Sent[]> => {
  const { client } = subscriber;
  const first =
    round === 0
      ? await send(subscriber, 'signUp', {
          firstName: 'First',
          lastName: 'Last',
          birthDate: '1990-01-01',
          email: `${idOf(client)}@example.com`,
        })
      : await send(subscriber, 'updateProfile', { firstName: `Round ${round}` });
  await first.outcomes.next();
  return [
    first,
    ...(await Promise.all([
      send(subscriber, 'updateProfile', { firstName: `First ${round}` }, sharedId),
      send(subscriber, 'updateProfile', { lastName: `Last ${round}` }),
      send(subscriber, 'updateProfile', { lastName: `Last ${round}` }),
      send(subscriber, 'updateProfile', { email: `contested-${random.pick([1, 2, 3, 4, 5])}@example.com` }),
    ])),
  ];
};

/**
 * Five commands of each admin: a group's whole life, a user's change, and one that is refused. `sharedId` is a user's
 * command's id too.
 */
const adminCommands = async (subscriber: Subscriber, round: number, sharedId: string): Promise<Sent[]> => {
  const name = `${idOf(subscriber.client)} ${round}`;
  const created = await send(subscriber, 'createGroup', { name, description: 'New' }, sharedId);
  const { aggregateId: id } = await created.outcomes.next();
  const others = await Promise.all([
    send(subscriber, 'updateGroup', { id, description: `Changed in round ${round}` }),
    send(subscriber, 'updateUser', {
      id: idOf(random.pick(users).client),
      birthDate: `19${10 + (round % 80)}-0${1 + Math.floor(random.next() * 9)}-01`,
    }),
    send(subscriber, 'createGroup', { name, description: 'Twice' }),
  ]);
  const [changed] = others;
  await changed!.outcomes.next();
  return [created, ...others, await send(subscriber, 'deleteGroup', { id })];
};

/** Asks for a row the moment it is heard of: it is never older than anything heard before. */
const watchTheView = ({ client, updates }: Subscriber): Promise<void>[] => {
  const asked: Promise<void>[] = [];
  const highest = new Map<string, number>();
  updates.onItem = ({ aggregate, aggregateId, version, change }) => {
    const least = Math.max(version, highest.get(aggregateId) ?? 0);
    highest.set(aggregateId, least);
    const field = aggregate.toLowerCase();
    asked.push(
      client.get(`query($id: ID!) { ${field}(id: $id) { version } }`, { id: aggregateId }).then(({ [field]: row }) => {
        if (change === 'DELETED') expect(row).toBeNull();
        else if (row) expect(row.version).toBeGreaterThanOrEqual(least);
        // Only groups are deleted, perhaps since then.
        else expect(field).toBe('group');
      }),
    );
  };
  return asked;
};

it(
  'subscribers hear every outcome and change that concerns them and no other, though publishers die and messages repeat',
  { timeout: (soakSeconds + 240) * 1000 },
  async () => {
    console.log(`SOAK_SEED=${seed}`);
    const asked = watchTheView(admins[0]!);
    const end = Date.now() + soakSeconds * 1000;
    let commands = 0;
    let repeated = 0;
    for (let round = 0; round === 0 || Date.now() < end; round += 1) {
      const shared = admins.map(() => randomUUID());
      const lives = users.map((each, n) => () => userCommands(each, round, shared[n] ?? randomUUID()));
      for (const [n, each] of admins.entries()) lives.push(() => adminCommands(each, round, shared[n]!));
      const sent = (await mapBounded(lives, 25, (live) => live())).flat();
      commands += sent.length;

      await Promise.all(sent.map(({ outcomes }) => outcomes.next()));
      await own.stack.mappings.idle();
      await Promise.all(sockets.map((socket) => socket.settled()));
      for (const { client, commandId, outcomes } of sent) {
        const truth = await client.outcomeOf(commandId);
        for (const outcome of outcomes.heard) expect(outcome).toEqual(truth);
        repeated += outcomes.heard.length - 1;
      }
      await Promise.all(sent.map(({ outcomes }) => outcomes.stop()));
    }
    await Promise.all(asked);

    const streams = await own.inspection.streams();
    const events = [...streams.values()].flat();
    let updatesRepeated = 0;
    for (const { client, updates, concerns } of [...admins, ...users]) {
      expect(updates.errors).toEqual([]);
      updatesRepeated += expectHeard(updates.heard, concerns, streams, events, client.sub);
    }
    console.log(
      `${commands} commands, ${events.length} events; ${JSON.stringify(faults)}; ${repeated} outcomes and ${updatesRepeated} updates heard again`,
    );
    // Otherwise nothing was put to the test.
    expect(commands).toBeGreaterThanOrEqual(5 * (admins.length + users.length));
    expect(Math.min(...Object.values(faults), repeated, updatesRepeated)).toBeGreaterThan(0);
    expect(asked.length).toBeGreaterThan(0);
    await expectInvariants(own.inspection);
    expect(await own.inspection.waiting(true)).toEqual([]);
  },
);
