import { isDeepStrictEqual } from 'node:util';
import { aggregateOf, count, type Examined, iso, type Verdict } from './examined.ts';
import type { Item } from './stored.ts';
import { fateOfStream, isCorrection, type Place, type StoredEvent, withoutNulls } from './streams.ts';

/** A snapshot's state, where it stands in clear. */
interface Kept {
  status: string;
  version: number;
  updatedAt: number;
  createdAt?: number;
  deletedAt?: number;
  attributes?: Record<string, unknown>;
  last?: { attributes: Record<string, unknown> };
}

const day = 24 * 3600_000;
const ten = (version: number): string => String(version).padStart(10, '0');

const isMark = ({ pointKey }: Item): boolean => String(pointKey).startsWith('command#');
/** Part of a time line: what a stream came to before a place, as it was known with a correction. */
const isStretch = ({ pointKey }: Item): boolean => String(pointKey).startsWith('line#');
const isSnapshot = (item: Item): boolean => !isMark(item) && !isStretch(item);

/** What is not as the stream says, of a state up to its version. */
const differences = (kept: Kept, events: StoredEvent[]): string[] => {
  const { state, version, updatedAt, createdAt, deletedAt, values } = fateOfStream(events);
  const wanted = {
    status: state,
    version,
    updatedAt,
    ...(state === 'live' && { createdAt, values }),
    ...(state === 'deleted' && { deletedAt, values }),
  };
  const attributes = kept.attributes ?? kept.last?.attributes;
  const said = { ...kept, values: attributes && withoutNulls(attributes) };
  return Object.entries(wanted).flatMap(([name, value]) => {
    const found = said[name as keyof typeof said];
    return isDeepStrictEqual(found, value)
      ? []
      : [`its ${name} is ${JSON.stringify(found)}, not ${JSON.stringify(value)}`];
  });
};

/** What a person had added by the last of these events, on the last day on which that was anything. */
const usageOf = (events: StoredEvent[]): unknown => {
  const days = events
    .filter(({ actor }) => actor.startsWith('user:'))
    .map(({ timestamp }) => Math.floor(timestamp / day));
  const last = days.at(-1) ?? 0;
  return { day: last, events: days.filter((each) => each === last).length };
};

const wrongIn = (item: Item, all: StoredEvent[]): string[] => {
  const events = all.slice(0, Number(item['version']));
  const last = events.at(-1);
  if (!last || last.eventId !== item['eventId']) return ['is of no event of its stream'];
  const erasedAt = all.findLast(({ type }) => type === 'UserErased')?.version ?? 0;
  const corrected = events.findLast(
    (event) => isCorrection(event) || (event.effectiveAt ?? event.timestamp) !== event.timestamp,
  );
  const key = `${iso(last.timestamp)}#${ten(last.version)}`;
  return [
    ...(item['timestamp'] !== last.timestamp || item['pointKey'] !== key ? ['stands at another moment'] : []),
    // What was erased since says nothing of what it corrected.
    ...(erasedAt === 0 && item['corrected'] !== (corrected?.version ?? 0) ? ['names another correction'] : []),
    ...(isDeepStrictEqual(item['usage'], usageOf(events)) ? [] : ['counts otherwise what the person added']),
    ...(typeof item['state'] === 'string' ? differences(JSON.parse(item['state']) as Kept, events) : []),
  ];
};

const wrongInStretch = (item: Item, all: StoredEvent[]): string[] => {
  const events = all.slice(0, Number(item['version']));
  const last = events.at(-1);
  if (!last || last.eventId !== item['eventId'] || !isCorrection(last)) return ['is of no correction of its stream'];
  if (typeof item['state'] !== 'string') return [];
  const { from, state } = JSON.parse(item['state']) as { from: Place; state: Kept };
  const { state: status, values } = fateOfStream(events, from);
  const said = withoutNulls(state.attributes ?? state.last?.attributes ?? {});
  return [
    ...(item['pointKey'] === `line#${ten(last.version)}#${iso(from.at)}#${ten(from.version)}`
      ? []
      : ['stands at another moment']),
    ...(state.status === status ? [] : [`is ${state.status} there, not ${status}`]),
    ...(isDeepStrictEqual(said, values) || status === 'absent' || status === 'erased'
      ? []
      : [`says ${JSON.stringify(said)}, not ${JSON.stringify(values)}`]),
  ];
};

/** I5, of what was kept of streams: it says what they come to up to its version; of a person, nothing in clear. */
export const snapshotsAsStreams = ({ stored, streams }: Examined): Verdict => {
  const snapshots = stored.snapshot.filter(isSnapshot);
  const stretches = stored.snapshot.filter(isStretch);
  const marks = stored.snapshot.filter(isMark);
  const wrong = snapshots.flatMap((item) => {
    const streamId = String(item['streamId']);
    const all = streams.get(streamId) ?? [];
    return wrongIn(item, all).map((words) => `the snapshot of ${streamId} at ${String(item['version'])} ${words}`);
  });
  for (const item of stretches) {
    const streamId = String(item['streamId']);
    for (const words of wrongInStretch(item, streams.get(streamId) ?? []))
      wrong.push(`the time line of ${streamId} at ${String(item['version'])} ${words}`);
  }
  for (const { streamId, pointKey, version } of marks) {
    const made = streams.get(String(streamId))?.[Number(version) - 1];
    if (`command#${made?.commandKey}` !== pointKey)
      wrong.push(`a mark names version ${String(version)} of ${String(streamId)}, which another command made`);
  }
  return {
    invariant: 'I5',
    says: 'a snapshot says what its stream comes to up to it',
    looked: `${count(snapshots.length, 'snapshots')}, ${count(stretches.length, 'parts of time lines')}, ${count(marks.length, 'marks')}`,
    wrong,
  };
};

/** I10, of the same: what is said of a person is sealed, by a key of the life that it was said in, or says nothing. */
export const sealedSnapshots = ({ stored, streams }: Examined): Verdict => {
  const keys = new Map(stored.subjectKey.map((item) => [String(item['subject']), item]));
  const ofPersons = stored.snapshot.filter((item) => aggregateOf(String(item['streamId'])) === 'user' && !isMark(item));
  const wrong = ofPersons.flatMap(({ streamId, pointKey, version, state, sealed, life }) => {
    const place = `the ${isStretch({ pointKey }) ? 'time line' : 'snapshot'} of ${String(streamId)} at ${String(version)}`;
    const events = streams.get(String(streamId)) ?? [];
    const erasedAt = events.findLast(({ type }) => type === 'UserErased')?.version ?? 0;
    const said = typeof state === 'string' ? (JSON.parse(state) as Kept & { state?: Kept }) : undefined;
    const kept = said?.state ?? said;
    const hasKey = keys.get(String(streamId))?.[`life${String(life)}`] !== undefined;
    return [
      ...((kept?.attributes ?? kept?.last) ? [`${place} stands in clear`] : []),
      ...(sealed !== undefined && Number(life) <= erasedAt && hasKey ? [`${place} is of what was erased`] : []),
      ...(sealed !== undefined && Number(life) > erasedAt && !hasKey
        ? [`${place} is sealed, its key is gone, and nobody erased it`]
        : []),
    ];
  });
  return {
    invariant: 'I10',
    says: 'snapshots say nothing of people but under the keys that an erasure destroys',
    looked: count(ofPersons.length, 'snapshots of people'),
    wrong,
  };
};
