import { randomUUID } from 'node:crypto';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { fold } from '../../../domain/kernel/stream/fold.ts';
import { aggregateNames, queuePairs } from '../../../domain/operations.ts';
import { claimsOf } from '../../../domain/kernel/stream/unique.ts';
import { rowOf, type ViewRow } from '../../../domain/kernel/view/view.ts';
import type { Failures } from '../../../functions/runtime/batches.ts';
import { type BatchPorts, handleBatch } from '../../../functions/command/handleCommands.ts';
import { groupBy } from '../../../functions/runtime/concurrency.ts';
import { executeBatch, type ExecutePorts } from '../../../functions/execute/handleExecutions.ts';
import { forwardBatch } from '../../../functions/mediator/forward.ts';
import { dynamoDbEventStore } from '../../../functions/ports/eventStore/dynamodb.ts';
import { type EventStore } from '../../../functions/ports/eventStore/port.ts';
import { memoryEventStore } from '../../../functions/ports/eventStore/memory.ts';
import { memoryNotifier } from '../../../functions/ports/notifier/memory.ts';
import { storedClaims } from '../../../functions/ports/claims/stored.ts';
import { eventsOf, readableEventsOf } from '../../../functions/ports/eventStore/sealing.ts';
import type { Keys } from '../../../functions/ports/keys/port.ts';
import { dynamoDbOutcomes } from '../../../functions/ports/outcomes/dynamodb.ts';
import { memoryOutcomes } from '../../../functions/ports/outcomes/memory.ts';
import type { Outcomes } from '../../../functions/ports/outcomes/port.ts';
import { memoryQueues } from '../../../functions/ports/queues/memory.ts';
import { dynamoDbDirectory } from '../../../functions/ports/directory/dynamodb.ts';
import { memoryDirectory } from '../../../functions/ports/directory/memory.ts';
import type { Directory } from '../../../functions/ports/directory/port.ts';
import { dynamoDbSnapshots } from '../../../functions/ports/snapshots/dynamodb.ts';
import { memorySnapshots } from '../../../functions/ports/snapshots/memory.ts';
import type { Snapshots } from '../../../functions/ports/snapshots/port.ts';
import { steadySnapshots } from '../../../functions/streams/steady.ts';
import { referencesBy } from '../../../functions/ports/references/stores.ts';
import type { References } from '../../../functions/ports/references/port.ts';
import { dynamoDbViews } from '../../../functions/ports/views/dynamodb.ts';
import { memoryViews } from '../../../functions/ports/views/memory.ts';
import type { Views } from '../../../functions/ports/views/port.ts';
import type { CommandOutcome } from '../../../generated/schema.ts';
import type { CommandMessage } from '../clients/commands.ts';
import { tableNames, type TestTables, viewTables } from '../engines/tables.ts';
import { recordedTelemetry } from '../telemetry.ts';

/** What the write path stands on: the twins in memory, or the adapters on an engine; and a look at what is in it. */
export interface Backend {
  eventStore: EventStore;
  keys: Keys;
  snapshots: Snapshots;
  outcomes: Outcomes;
  references: References;
  views: Views;
  directory: Directory;
  items(): Promise<Record<string, unknown>[]>;
  claims(): Promise<Map<string, string>>;
  rows(aggregate: AggregateName): Promise<ViewRow[]>;
}

export const memoryBackend = (): Backend => {
  const eventStore = memoryEventStore();
  const snapshots = memorySnapshots(eventStore.keys);
  const views = memoryViews();
  const directory = memoryDirectory();
  return {
    eventStore,
    snapshots,
    keys: eventStore.keys,
    views,
    directory,
    outcomes: memoryOutcomes(),
    references: referencesBy({ eventStore, snapshots }, directory),
    items: async () => eventStore.items.slice(),
    claims: async () => new Map(eventStore.claims),
    rows: async (aggregate) => views.rows(aggregate),
  };
};

export const engineBackend = ({ client, keys }: TestTables): Backend => {
  const eventStore = dynamoDbEventStore(client, tableNames, keys);
  const directory = dynamoDbDirectory(client, tableNames.directory);
  const snapshots = dynamoDbSnapshots(client, tableNames.snapshot, keys);
  const scan = async (TableName: string) => {
    const items: Record<string, unknown>[] = [];
    for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true }))
      items.push(...(page.Items ?? []));
    return items;
  };
  return {
    eventStore,
    snapshots,
    keys,
    views: dynamoDbViews(client, viewTables),
    directory,
    outcomes: dynamoDbOutcomes(client, tableNames.commandOutcome),
    references: referencesBy({ eventStore, snapshots }, directory),
    items: () => scan(tableNames.eventStore),
    claims: async () =>
      new Map(
        (await scan(tableNames.uniqueValue)).map((item) => [String(item['uniqueKey']), String(item['streamId'])]),
      ),
    rows: async (aggregate) => (await scan(viewTables[aggregate])) as ViewRow[],
  };
};

const recordsOf = (messages: (CommandMessage | string | object)[], deliveries: number) =>
  messages.map((message) => ({
    messageId: randomUUID(),
    body: typeof message === 'string' ? message : JSON.stringify(message),
    attributes: { ApproximateReceiveCount: String(deliveries) },
  }));

/**
 * The three functions over one backend. Messages move only when told to, so that a test can lose, repeat or shuffle
 * them.
 */
export const writePath = (backend: Backend = memoryBackend(), { now = Date.now }: { now?: () => number } = {}) => {
  const telemetry = recordedTelemetry();
  const queues = memoryQueues(queuePairs.map(({ executionQueue }) => executionQueue));
  const notifier = memoryNotifier();
  const commandPorts: BatchPorts = {
    ...backend,
    snapshots: steadySnapshots(backend.snapshots, telemetry),
    queues,
    notifier,
    telemetry,
    now,
    newId: randomUUID,
    remaining: () => 10_000,
  };
  const executePorts: ExecutePorts = {
    ...backend,
    snapshots: steadySnapshots(backend.snapshots, telemetry),
    eventsOf: (items) => eventsOf(items, backend.keys),
    notifier,
    telemetry,
    now,
    replay: async () => {
      throw new Error('There is no recovery here');
    },
    countReplayed: async () => undefined,
    remaining: () => 10_000,
  };
  const mediated = new Set<string>();

  const storedEvents = async () => readableEventsOf(structuredClone(await backend.items()), backend.keys, true);
  const streams = async () =>
    groupBy(
      (await storedEvents()).sort((one, other) => one.version - other.version),
      ({ aggregate, aggregateId }) => streamIdOf(aggregate, aggregateId),
    );

  const path = {
    backend,
    telemetry,
    queues,
    notifier,
    commandPorts,
    executePorts,
    /** How often the messages given now were delivered, this time included. */
    deliveries: 1,
    events: storedEvents,
    streams,

    /** One batch of command messages. @returns the errors of those to be delivered again */
    command: (...messages: (CommandMessage | string | object)[]): Promise<Failures> =>
      handleBatch(recordsOf(messages, path.deliveries), commandPorts),

    /** The stream records of the events not yet mediated. */
    newRecords: async (): Promise<DynamoDBRecord[]> =>
      (await backend.items()).filter(({ eventId }) => !mediated.has(String(eventId))).map((item) => streamRecord(item)),

    /** Takes new events to their execution queues. */
    mediate: async (): Promise<Failures> => {
      const records = await path.newRecords();
      for (const { dynamodb } of records) mediated.add(String(dynamodb?.NewImage?.['eventId']?.S));
      return forwardBatch(records, { queues, telemetry });
    },

    /** The bodies that stand on the execution queues, which then are empty. */
    takeMessages: (): string[] => {
      const bodies = [...queues.sent.values()].flat();
      queues.sent.clear();
      return bodies;
    },

    /** One batch of execution messages. */
    execute: (...bodies: (string | object)[]): Promise<Failures> =>
      executeBatch(recordsOf(bodies, path.deliveries), executePorts),

    /** Commands, and all that follows from them. @throws when anything fails */
    settle: async (...messages: CommandMessage[]): Promise<void> => {
      for (const failures of [
        await path.command(...messages),
        await path.mediate(),
        await path.execute(...path.takeMessages()),
      ]) {
        for (const error of failures.values()) throw error;
      }
    },

    /** What a client would have heard of a command last, and whether it was ever told otherwise. */
    outcomesOf: ({ commandId, actor }: { commandId: string; actor: string }): CommandOutcome[] =>
      notifier.published.flatMap(({ outcome }) =>
        outcome?.commandId === commandId && outcome.actor === actor ? [outcome] : [],
      ),

    row: async (aggregate: AggregateName, id: string): Promise<ViewRow | undefined> =>
      backend.views.get({ aggregate, id }),
  };
  return path;
};

export type WritePath = ReturnType<typeof writePath>;

/** A damaged item may hold numbers of any size. */
const whatever = { removeUndefinedValues: true, allowImpreciseNumbers: true };

export const streamRecord = (
  item: Record<string, unknown>,
  eventName: DynamoDBRecord['eventName'] = 'INSERT',
): DynamoDBRecord => ({
  eventName,
  dynamodb: {
    SequenceNumber: randomUUID(),
    Keys: marshall({ streamId: item['streamId'] ?? '?', version: item['version'] ?? 0 }, whatever) as never,
    NewImage: marshall(item, whatever) as never,
  },
});

/**
 * Everything that must hold once the queues are empty: streams without gaps (I4), views equal to their folds (I5),
 * claims exactly those held (I3).
 */
export const whatShouldBe = async (path: WritePath) => {
  const streams = await path.streams();
  const states = [...streams.values()].map((events) => ({ events, state: fold(events), of: events[0]! }));
  const claims = await Promise.all(
    states.map(({ of, state }) => storedClaims(claimsOf(of.aggregate, state), path.backend.keys)),
  );
  return {
    versions: new Map([...streams].map(([streamId, events]) => [streamId, events.map((_, index) => index + 1)])),
    rows: Object.fromEntries(
      aggregateNames.map((name) => [
        name,
        new Map(
          states
            .filter(({ of }) => of.aggregate === name)
            .map(({ of, state }) => [of.aggregateId, rowOf(name, of.aggregateId, state)]),
        ),
      ]),
    ),
    claims: new Map(
      states.flatMap(({ of }, index) =>
        claims[index]!.map(({ key }) => [key, streamIdOf(of.aggregate, of.aggregateId)] as const),
      ),
    ),
  };
};

export const whatIs = async (path: WritePath) => ({
  versions: new Map(
    [...(await path.streams())].map(([streamId, events]) => [streamId, events.map(({ version }) => version)]),
  ),
  rows: Object.fromEntries(
    await Promise.all(
      aggregateNames.map(
        async (name) => [name, new Map((await path.backend.rows(name)).map((row) => [row.id, row]))] as const,
      ),
    ),
  ),
  claims: await path.backend.claims(),
});
