import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import { foldVersion, type Snapshot } from '../../../domain/kernel/stream/snapshot.ts';
import type { State } from '../../../domain/kernel/stream/state.ts';
import { aggregates, isPersonal } from '../../../domain/operations.ts';
import { commandKeyOf } from '../eventStore/port.ts';
import { open, seal } from '../keys/cipher.ts';
import { DamagedKey, type Keys, soundKey, type SubjectKeys } from '../keys/port.ts';
import type { Mark, Point, Standing } from './port.ts';
import { propertiesOf } from '../../runtime/properties.ts';
import type { Item } from '../dynamodb/item.ts';

/** How snapshots of an aggregate are made: they are read where they are made the same way. */
export const formOf = (aggregate: AggregateName): string =>
  digestOf(foldVersion, aggregates[aggregate].columns).slice(0, 12);

const digestOf = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/** Sort keys in the order of time, then version. Years have four digits, and versions ten at the most. */
export const pointKeyOf = ({ version, timestamp }: Point): string =>
  `${new Date(timestamp).toISOString()}#${String(version).padStart(10, '0')}`;
/** Before the keys of all points. */
export const firstPoint = '0';
/** The version that a mark names; undefined: it is none, or was damaged. */
export const versionIn = (mark: Item | undefined): number | undefined =>
  Number.isSafeInteger(mark?.['version']) ? Number(mark?.['version']) : undefined;
/** Behind the keys of all points. */
export const markKeyOf = (command: Pick<Mark, 'actor' | 'commandId'>): string => `command#${commandKeyOf(command)}`;
export const firstMark = 'command#';

/** Where a sealed state belongs, and nowhere else: no event has such a place. */
const placeOf = (streamId: unknown, version: number, life: number): string =>
  `${String(streamId)} ${version} ${life} snapshot`;

/** Where something is that can be sealed. */
type PlaceOf = (life: number) => string;

/**
 * The life that a version belongs to. Keys of lives that began later are not its own: what it says may have been erased
 * since.
 */
const lifeOf = (version: number, keys: SubjectKeys | undefined): number | undefined =>
  [...(keys?.keys() ?? [])].filter((life) => life <= version).sort((one, other) => other - one)[0];

/** Whether a state says something of anybody. */
const says = (aggregate: AggregateName, state: State | undefined): boolean =>
  isPersonal(aggregate) && (state?.status === 'live' || (state?.status === 'deleted' && state.last !== undefined));

/** A snapshot as it is stored; undefined where nothing can seal what it says of a person, or it lacks its state. */
export const itemOf = async (
  aggregate: AggregateName,
  aggregateId: string,
  { state, ...rest }: Snapshot,
  keys: Keys,
): Promise<Item | undefined> => {
  const streamId = streamIdOf(aggregate, aggregateId);
  if (!state) return undefined;
  const item = { streamId, pointKey: pointKeyOf(rest), form: formOf(aggregate), ...rest };
  const text = JSON.stringify(state);
  if (!says(aggregate, state)) return digested({ ...item, state: text });
  const known = (await keys.of([streamId])).get(streamId);
  return sealedItem(item, text, known, (life) => placeOf(streamId, rest.version, life));
};

/** An item with a text that says something of a person; undefined where nothing can seal it. */
export const sealedItem = (
  item: Item & { version: number },
  text: string,
  known: SubjectKeys | undefined,
  place: PlaceOf,
): Item | undefined => {
  const life = lifeOf(item.version, known);
  const key = life === undefined ? undefined : known?.get(life);
  return life !== undefined && key && !(key instanceof DamagedKey)
    ? digested({ ...item, life, sealed: seal(key, text, place(life)) })
    : undefined;
};

/** An item with the digest of what it says. */
export const digested = (item: Item): Item => ({ ...item, digest: digestOf(...parts(item)) });

const parts = ({
  streamId,
  pointKey,
  form,
  version,
  eventId,
  timestamp,
  corrected,
  usage,
  state,
  life,
  sealed,
}: Item) => {
  const { day, events } = propertiesOf(usage);
  return [streamId, pointKey, form, version, eventId, timestamp, corrected, day, events, state, life, sealed];
};

const whole = z.number().check(z.int(), z.nonnegative());
const shape = z.object({
  version: whole,
  eventId: z.string(),
  timestamp: z.number().check(z.int()),
  corrected: whole,
  usage: z.object({ day: z.number(), events: whole }),
});

/** The snapshot of an item; undefined if it is not one as they are made now. Where its key is gone, it has no state. */
export const snapshotOf = async (
  aggregate: AggregateName,
  item: Item,
  keys: Keys,
  fresh: boolean,
): Promise<Snapshot | undefined> => {
  if (!isOurs(aggregate, item)) return undefined;
  const parsed = shape.safeParse(item);
  if (!parsed.success || item['pointKey'] !== pointKeyOf(parsed.data)) return undefined;
  const { version } = parsed.data;
  const text = await textOf(item, keys, fresh, (life) => placeOf(item['streamId'], version, life));
  // Its form and digest say that the text is a state, as `itemOf` wrote it.
  return { ...parsed.data, ...(text !== undefined && { state: JSON.parse(text) as State }) };
};

/** Whether an item is made as they are made now, and says what it said then. */
export const isOurs = (aggregate: AggregateName, item: Item): boolean =>
  item['form'] === formOf(aggregate) && item['digest'] === digestOf(...parts(item));

/** What an item says; undefined where its key is gone. */
export const textOf = async (
  { streamId, state, life, sealed }: Item,
  keys: Keys,
  fresh: boolean,
  place: PlaceOf,
): Promise<string | undefined> => {
  if (typeof state === 'string') return state;
  const subject = String(streamId);
  const keyIn = async (anew: boolean) => (await keys.of([subject], anew)).get(subject)?.get(Number(life));
  const key = soundKey((await keyIn(fresh)) ?? (fresh ? undefined : await keyIn(true)));
  return key && open(key, String(sealed), place(Number(life))).toString();
};

/** Where an item stands, with what it says. */
export const standingOf = async (aggregate: AggregateName, item: Item, keys: Keys): Promise<Standing> => {
  const [moment = '', version] = String(item['pointKey']).split('#');
  const snapshot = await snapshotOf(aggregate, item, keys, false).catch(() => undefined);
  return { point: { timestamp: Date.parse(moment), version: Number(version) }, ...(snapshot && { snapshot }) };
};
