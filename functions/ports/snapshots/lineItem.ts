import * as z from 'zod/mini';
import type { AggregateName } from '../../../domain/kernel/aggregate.ts';
import { streamIdOf } from '../../../domain/kernel/stream/event.ts';
import type { Place, Stretch } from '../../../domain/kernel/stream/line.ts';
import { isPersonal } from '../../../domain/operations.ts';
import type { Keys } from '../keys/port.ts';
import type { Lines } from './port.ts';
import { digested, formOf, isOurs, pointKeyOf, sealedItem, textOf } from './item.ts';
import type { Item } from '../dynamodb/item.ts';

/** The keys of a time line, behind those of all points and marks, in the order of what it says. */
export const lineKeyOf = (version: number): string => `line#${String(version).padStart(10, '0')}#`;

export const allLines: Lines = { from: 0, before: 10 ** 10 - 1 };

/** Where a stretch stands that begins at a place. */
export const stretchKeyOf = (known: number, { at, version }: Place): string =>
  lineKeyOf(known) + pointKeyOf({ timestamp: at, version });

/** Where a sealed stretch belongs, and nowhere else. */
const placeOf = (item: Item, life: number): string => `${String(item['streamId'])} ${String(item['pointKey'])} ${life}`;

/** A time line as it is stored: an item per stretch; none where nothing can seal what it says of a person. */
export const lineItemsOf = async (
  aggregate: AggregateName,
  aggregateId: string,
  line: Stretch[],
  keys: Keys,
): Promise<Item[]> => {
  const streamId = streamIdOf(aggregate, aggregateId);
  const known = isPersonal(aggregate) ? (await keys.of([streamId])).get(streamId) : undefined;
  return line.flatMap(({ known: { version, eventId }, from, ...rest }) => {
    const item = { streamId, pointKey: stretchKeyOf(version, from), form: formOf(aggregate), version, eventId };
    const text = JSON.stringify({ from, ...rest });
    const made = isPersonal(aggregate)
      ? sealedItem(item, text, known, (life) => placeOf(item, life))
      : digested({ ...item, state: text });
    return made ? [made] : [];
  });
};

const shape = z.object({ version: z.number(), eventId: z.string() });

/** The stretch of an item; undefined if it is none as they are made now, or its key is gone. */
export const stretchOf = async (
  aggregate: AggregateName,
  item: Item,
  keys: Keys,
  fresh: boolean,
): Promise<Stretch | undefined> => {
  const known = shape.safeParse(item);
  if (!known.success || !isOurs(aggregate, item)) return undefined;
  const text = await textOf(item, keys, fresh, (life) => placeOf(item, life));
  // Its form and digest say that the text is a stretch, as `lineItemsOf` wrote it.
  return text === undefined ? undefined : { known: known.data, ...(JSON.parse(text) as Omit<Stretch, 'known'>) };
};

/** Stretches of a stream by the version of their correction, in the order in which they stand. */
export const byLine = async (
  aggregate: AggregateName,
  items: Item[],
  keys: Keys,
): Promise<Map<number, (Stretch | undefined)[]>> => {
  const lines = new Map<number, (Stretch | undefined)[]>();
  for (const item of items) {
    const version = Number(String(item['pointKey']).split('#')[1]);
    const stretch = await stretchOf(aggregate, item, keys, false).catch(() => undefined);
    lines.set(version, [...(lines.get(version) ?? []), stretch]);
  }
  return lines;
};
