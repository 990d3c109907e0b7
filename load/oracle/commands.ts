import { isDeepStrictEqual } from 'node:util';
import type { SentCommand } from '../record.ts';
import { count, type Examined, type Verdict } from './examined.ts';

/** I1: an actor's command has one event at the most, wherever. */
export const oneEffect = ({ stored: { eventStore } }: Examined): Verdict => {
  const places = new Map<string, string[]>();
  for (const { commandKey, streamId, version } of eventStore) {
    const key = String(commandKey);
    places.set(key, [...(places.get(key) ?? []), `version ${String(version)} of ${String(streamId)}`]);
  }
  return {
    invariant: 'I1',
    says: 'a command has one effect',
    looked: count(places.size, 'commands with an event'),
    wrong: [...places]
      .filter(([, events]) => events.length > 1)
      .map(([key, events]) => `command ${key} made ${events.join(', ')}`),
  };
};

const sentIn = ({ stored }: Examined): SentCommand[] => stored.loads.flatMap(({ commands }) => commands);

/** How a command ended, by the tables: its event outweighs a record. */
export const outcomesIn = ({ stored }: Examined): Map<string, { status: string; code: unknown; version: unknown }> =>
  new Map([
    ...stored.commandOutcome.map(
      ({ commandKey, status, code = null, version = null }) =>
        [String(commandKey), { status: String(status), code, version }] as const,
    ),
    ...stored.eventStore.map(
      ({ commandKey, version }) => [String(commandKey), { status: 'APPLIED', code: null, version }] as const,
    ),
  ]);

/** I2: every command that was taken has an outcome, the one that its sender was told. */
export const everyOutcome = (all: Examined): Verdict => {
  const outcomes = outcomesIn(all);
  const taken = sentIn(all).filter(({ receiptAt }) => receiptAt !== undefined);
  return {
    invariant: 'I2',
    says: 'every command that was taken has an outcome, as its sender was told it',
    looked: count(taken.length, 'commands with a receipt'),
    wrong: taken.flatMap(({ actor, commandId, operation, outcome: told }) => {
      const found = outcomes.get(`${actor}#${commandId}`);
      const which = `${operation} ${commandId} of ${actor}`;
      if (!found) return [`${which} has no outcome`];
      return told &&
        !isDeepStrictEqual({ ...told }, { ...found, code: found.code ?? null, version: found.version ?? null })
        ? [`${which} ended as ${JSON.stringify(found)}, and its sender was told ${JSON.stringify(told)}`]
        : [];
    }),
  };
};

/** I2: who listened to all of the last load heard the last of every row that it left. */
export const everythingHeard = ({ stored, streams }: Examined): Verdict => {
  const last = stored.loads.at(-1);
  const listeners = last?.heardOut ? last.listened.filter(({ lost }) => lost === 0) : [];
  const sent = new Set(last?.commands.map(({ actor, commandId }) => `${actor}#${commandId}`));
  const left = [...streams].flatMap(([streamId, events]) => {
    const { commandKey, version } = events.at(-1)!;
    return sent.has(commandKey) ? [[streamId, version] as const] : [];
  });
  return {
    invariant: 'I2',
    says: 'who listens hears the last of every row',
    looked: `${count(left.length, 'rows')}, ${count(listeners.length, 'listeners')}`,
    wrong: listeners.flatMap(({ actor, versions }) =>
      left
        .filter(([streamId, version]) => (versions[streamId] ?? 0) < version)
        .map(([streamId, version]) => `${actor} heard of ${streamId} up to ${versions[streamId] ?? 0}, not ${version}`),
    ),
  };
};
