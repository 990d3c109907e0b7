import { isDeepStrictEqual } from 'node:util';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { currentSchemaVersion, type DomainEvent } from '../../../domain/kernel/stream/event.ts';
import {
  actionOf,
  aggregateNames,
  aggregates,
  eventDefinitionOf,
  eventTypeOf,
  isPersonal,
} from '../../../domain/operations.ts';
import { type Key, open, seal } from '../keys/cipher.ts';
import { DamagedKey, type Keys, type NewDataKey, soundKey, type SubjectKeys } from '../keys/port.ts';
import { Failure } from '../../runtime/failure.ts';
import { isObject } from '../../runtime/properties.ts';
import { itemOf, readableOrNot, UnreadableEvent } from './item.ts';
import type { Item } from '../dynamodb/item.ts';

/** An event as it is stored: what it says of a person is sealed, with a key of the life that it belongs to. */
export interface SealedEvent {
  item: Item;
  /** To be stored in one transaction with it: it begins a life, or is the first that is sealed of an older stream. */
  newKey?: NewDataKey;
}

/** The events of persons are sealed. */
const sealedAggregates = new Set<unknown>(aggregateNames.filter(isPersonal));
const erasures = new Set<unknown>(aggregateNames.map((aggregate) => eventTypeOf(aggregate, 'erase')));

/** Where a sealed value belongs, and nowhere else. */
const placeOf = (item: Item, life: number): string => `${String(item['streamId'])} ${String(item['version'])} ${life}`;

/** @param standing whether the life that it begins is known to have a key */
export const sealedEvent = async (event: DomainEvent, keys: Keys, standing = false): Promise<SealedEvent> => {
  const item = itemOf(event);
  // An erasure says nothing, and the keys are destroyed with it.
  if (!isPersonal(event.aggregate) || actionOf(event) === 'erase') return { item };
  const subject = String(item['streamId']);
  const begins = actionOf(event) === 'create';
  const known = begins && !standing ? undefined : (await keys.of([subject], standing)).get(subject);
  const ownKey = known?.get(event.version);
  const key = begins ? ownKey && { life: event.version, key: soundKey(ownKey) } : latestOf(known);
  if (key) return { item: sealedItem(item, event, key) };
  const newKey = await keys.make(subject, event.version);
  return { item: sealedItem(item, event, newKey), newKey };
};

const latestOf = (keys: SubjectKeys | undefined): { life: number; key: Key } | undefined => {
  const [life, key] = [...(keys ?? [])].sort(([one], [other]) => other - one)[0] ?? [];
  return life !== undefined && key ? { life, key: soundKey(key) } : undefined;
};

/** What sealing has to know of an event. */
type Said = Pick<DomainEvent, 'aggregate' | 'type' | 'payload'>;

/** An item with all that it says of a person under a key. */
const sealedItem = (item: Item, event: Said, { life, key }: { life: number; key: Key }): Item => {
  const said = Object.entries(event.payload);
  const clear = Object.fromEntries(said.filter(([name]) => isClear(event, name)));
  const personal = Object.fromEntries(said.filter(([name]) => !isClear(event, name)));
  return {
    ...item,
    payload: clear,
    life,
    ...(Object.keys(personal).length > 0 && { sealed: seal(key, JSON.stringify(personal), placeOf(item, life)) }),
  };
};

/**
 * What sealing makes of an event that is stored in clear, whatever its shape: the attributes that it changes.
 * @throws UnreadableEvent when what comes out would not be what went in
 */
export const sealedLater = (item: Item, key: { life: number; key: Key }): Item => {
  const said = saidIn(item);
  const current = said && sealedItem(item, said, key);
  // Of an older shape nobody knows which part says what: all of it is sealed.
  const { payload, life, sealed } = current ?? {
    payload: {},
    life: key.life,
    sealed: seal(key.key, JSON.stringify(item['payload'] ?? {}), placeOf(item, key.life)),
  };
  const after = { ...item, payload, life, ...(sealed !== undefined && { sealed }) };
  const [before, opened] = [readableOrNot(item), openedEvent(after, key.life, key.key)];
  const same =
    before instanceof UnreadableEvent ? opened instanceof UnreadableEvent : isDeepStrictEqual(before, opened);
  if (!same) throw new UnreadableEvent(item, new Failure('sealed, it would not be what it was'));
  return { payload, life, ...(sealed !== undefined && { sealed }) };
};

/** What an item says, if it has the shape in which events are stored today, as far as sealing needs it. */
const saidIn = ({ aggregate, type, payload, schemaVersion }: Item): Said | undefined => {
  const known = aggregateNames.find((name) => name === aggregate);
  if (!known || typeof type !== 'string' || !isOfType(known, type) || schemaVersion !== currentSchemaVersion)
    return undefined;
  return isObject(payload) ? { aggregate: known, type, payload } : undefined;
};

const isOfType = (aggregate: AggregateName, type: string): boolean => Object.hasOwn(aggregates[aggregate].events, type);

/** What is declared, and not as personal; of a correction, all but the payload that it gives. */
const isClear = (event: Said, name: string): boolean => {
  const { action, payload } = eventDefinitionOf(event);
  if (action === 'correct') return name !== 'payload';
  return Object.hasOwn(payload, name) && payload[name]?.personal === false;
};

/**
 * The events of items or messages, in their order. One whose key is gone is an erased event, and so is all that stands
 * before an erasure among them, whatever keys there are: a function's memory and a restored backup may have some.
 * @param fresh not to rely on keys kept from before: for answers to people
 */
export const eventsOf = async (
  items: Item[],
  keys: Keys,
  fresh = false,
): Promise<(DomainEvent | UnreadableEvent)[]> => {
  const erased = erasedUpTo(items);
  const isErased = ({ streamId, version }: Item) => Number(version) <= (erased.get(streamId) ?? 0);
  const found = await keysOf(
    items.filter((item) => lifeOf(item) !== undefined && !isErased(item)),
    keys,
    fresh,
  );
  return items.map((item) => {
    const life = lifeOf(item);
    if (isErased(item)) return readableOrNot(withoutValues(item));
    if (life === undefined)
      return isUnsealed(item) ? readableOrNot(item) : unopened(item, 'is sealed, and names no life');
    const key = found.get(String(item['streamId']))?.get(life);
    if (key instanceof DamagedKey) return new UnreadableEvent(item, key);
    return key ? openedEvent(item, life, key) : readableOrNot(withoutValues(item));
  });
};

/** The events of one stream. @throws UnreadableEvent */
export const readableEventsOf = async (items: Item[], keys: Keys, fresh?: boolean): Promise<DomainEvent[]> =>
  (await eventsOf(items, keys, fresh)).map((event) => {
    if (event instanceof UnreadableEvent) throw event;
    return event;
  });

/** Per stream, the version of its last erasure. */
const erasedUpTo = (items: Item[]): Map<unknown, number> => {
  const versions = new Map<unknown, number>();
  for (const { streamId, version, type, aggregate } of items)
    if (sealedAggregates.has(aggregate) && erasures.has(type))
      versions.set(streamId, Math.max(Number(version), versions.get(streamId) ?? 0));
  return versions;
};

const keysOf = async (sealed: Item[], keys: Keys, fresh: boolean): Promise<Map<string, SubjectKeys>> => {
  const subjects = (items: Item[]) => items.map(({ streamId }) => String(streamId));
  if (sealed.length === 0) return new Map();
  const found = await keys.of(subjects(sealed), fresh);
  // A key may have been stored since; only one that is missing now is gone.
  const missing = sealed.filter((item) => !found.get(String(item['streamId']))?.has(lifeOf(item)!));
  return fresh || missing.length === 0 ? found : new Map([...found, ...(await keys.of(subjects(missing), true))]);
};

const lifeOf = ({ life }: Item): number | undefined => (typeof life === 'number' ? life : undefined);

/** What says something under a seal that cannot be told from whose it is must not be taken for what says nothing. */
const isUnsealed = ({ life, sealed }: Item): boolean => life === undefined && sealed === undefined;

const unopened = (item: Item, why: string): UnreadableEvent => new UnreadableEvent(item, new Failure(why));

const withoutValues = ({ sealed: _sealed, ...item }: Item): Item => ({ ...item, payload: {}, erased: true });

const openedEvent = (item: Item, life: number, key: Key): DomainEvent | UnreadableEvent => {
  const { sealed, payload, ...rest } = item;
  // Of a life, and without a word about the person.
  if (sealed === undefined) return readableOrNot(item);
  if (typeof sealed !== 'string') return unopened(item, 'is sealed with what is no text');
  try {
    const personal: unknown = JSON.parse(open(key, sealed, placeOf(item, life)).toString());
    // An older shape is sealed as a whole, whatever it is. A part that was damaged shows as what is no attribute.
    return readableOrNot({ ...rest, payload: isObject(personal) ? { ...(payload ?? {}), ...personal } : personal });
  } catch (error) {
    return new UnreadableEvent(item, error);
  }
};
