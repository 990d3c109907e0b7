import { isDeepStrictEqual } from 'node:util';
import { aggregateOf, count, type Examined, iso, isLive, type Verdict } from './examined.ts';
import type { Item } from './stored.ts';
import type { Fate } from './streams.ts';

/** I4: streams without gaps, in order of time. */
export const wholeStreams = ({ streams, stored }: Examined): Verdict => {
  const ids = new Set<string>();
  const wrong = [...streams].flatMap(([streamId, events]) =>
    events.flatMap(({ eventId, version, timestamp, previousTimestamp, aggregate, aggregateId }, index) => {
      const before = events[index - 1];
      const place = `version ${version} of ${streamId}`;
      const found = [
        version !== index + 1 && `${place} stands where version ${index + 1} should`,
        before && timestamp < before.timestamp && `${place} is earlier than the one before it`,
        before &&
          previousTimestamp !== undefined &&
          previousTimestamp !== before.timestamp &&
          `${place} names another time for the one before it`,
        ids.has(eventId) && `${place} has the id of another event`,
        `${aggregate}#${aggregateId}` !== streamId && `${place} is of another aggregate`,
      ];
      ids.add(eventId);
      return found.filter((each): each is string => typeof each === 'string');
    }),
  );
  return {
    invariant: 'I4',
    says: 'versions are 1..n without gap, and times never decrease',
    looked: `${count(streams.size, 'streams')}, ${count(stored.eventStore.length, 'events')}`,
    wrong,
  };
};

/** Of a live row, what is not as the stream says. */
const differences = (streamId: string, row: Item, fate: Fate): string[] => {
  const own =
    aggregateOf(streamId) === 'user'
      ? ['roleId', 'groupId', 'status', 'suspendedUntil']
      : ['name', 'description', 'authorizationIds'];
  const said = fate.values && Object.fromEntries(own.map((name) => [name, fate.values![name]]));
  const wanted: Record<string, unknown> = {
    version: fate.version,
    createdAt: iso(fate.createdAt ?? NaN),
    updatedAt: iso(fate.updatedAt),
    ...said,
  };
  const there = aggregateOf(streamId) === 'user' ? ['firstName', 'birthDate', 'email', 'emailKey'] : ['nameKey'];
  return [
    ...Object.entries(wanted)
      .filter(([name, value]) => !isDeepStrictEqual(row[name], value))
      .map(([name, value]) => `${name} is ${JSON.stringify(row[name])}, not ${JSON.stringify(value)}`),
    ...there.filter((name) => typeof row[name] !== 'string').map((name) => `${name} is missing`),
  ];
};

/**
 * I5 and I6: a row for each live stream, equal to what the stream comes to; a tombstone, at its version, for each
 * other.
 */
export const rowsAsStreams = ({ rows, fates, now }: Examined): Verdict[] => {
  const wrong: string[] = [];
  const risen: string[] = [];
  let live = 0;
  for (const [streamId, fate] of fates) {
    const row = rows.get(streamId);
    if (fate.state === 'live') {
      live += 1;
      if (!row || !isLive(row)) wrong.push(`${streamId} has no row`);
      else wrong.push(...differences(streamId, row, fate).map((words) => `${streamId}: ${words}`));
      continue;
    }
    if (row && isLive(row)) risen.push(`${streamId} is ${fate.state}, and has a row`);
    else if (row && row['version'] !== fate.version)
      risen.push(`${streamId} has a tombstone of version ${String(row['version'])}, not ${fate.version}`);
    else if (!row && fate.deletedAt! + 29 * 24 * 3_600_000 > now) risen.push(`${streamId} has no tombstone`);
  }
  for (const streamId of rows.keys()) if (!fates.has(streamId)) wrong.push(`${streamId} has a row, and no stream`);
  return [
    { invariant: 'I5', says: 'a row is what its whole stream comes to', looked: count(live, 'live rows'), wrong },
    {
      invariant: 'I6',
      says: 'what is deleted stays deleted',
      looked: count(fates.size - live, 'streams of what is no more'),
      wrong: risen,
    },
  ];
};

/** An entry that is there for its term alone stands under no facet. */
const placeOf = ({ facet, term }: Item): string => String(facet ?? `the term ${String(term)}`);

/** Each of some places, and each of their combinations, in their order. */
const combined = ([first, ...rest]: string[]): string[] => {
  if (first === undefined) return [];
  const others = combined(rest);
  return [first, ...others.map((other) => `${first}#${other}`), ...others];
};

/** I5, of lists: each live row stands in the directory where it should, as it is. */
export const listedRows = ({ stored, rows }: Examined): Verdict => {
  const wrong: string[] = [];
  const byRow = new Map<string, Item[]>();
  for (const entry of stored.directory) {
    const key = String(entry['rowKey']);
    byRow.set(key, [...(byRow.get(key) ?? []), entry]);
    const row = rows.get(key);
    if (!row || !isLive(row)) {
      wrong.push(`${key} is listed under ${placeOf(entry)}, and has no row`);
      continue;
    }
    const shown = Object.keys(row).filter((name) => !name.endsWith('Since'));
    const other = [
      ...shown.filter((name) => !isDeepStrictEqual(row[name], entry[name])),
      ...Object.keys(entry).filter(
        (name) => !(name in row) && !/^(term\d*|initial|entry|by[A-Z]\w+|rowKey|facet|expiresAt)$/.test(name),
      ),
    ];
    if (other.length > 0) wrong.push(`${key} is listed under ${placeOf(entry)} with another ${other.join(', ')}`);
  }
  for (const [key, row] of rows) {
    if (!isLive(row)) continue;
    const aggregate = aggregateOf(key);
    const single = ['roleId', 'groupId', 'status'].flatMap((name) =>
      row[name] ? [`${name}#${String(row[name])}`] : [],
    );
    const together = aggregate === 'user' ? combined(single) : single;
    const listed = [row['authorizationIds'] ?? []].flat().map((id) => `authorizationIds#${String(id)}`);
    const wanted = new Set([...together, ...listed].map((place) => `${aggregate}#${place}`));
    const entries = byRow.get(key) ?? [];
    const texts = entries.filter(({ term }) => term !== undefined);
    const facets = entries.flatMap(({ facet }) => (facet === undefined ? [] : [String(facet)]));
    const parts = (list: string) => facets.filter((facet) => facet.startsWith(`${aggregate}#${list}#`));
    const [whole, active] = [parts('all'), parts('status#ACTIVE')];
    const others = facets.filter((facet) => !whole.includes(facet) && !active.includes(facet));
    const until = row['suspendedUntil'];
    // Who is suspended for a time is active after it, and the table removes what is over.
    const isActive = aggregate === 'user' && (row['status'] === undefined || until !== undefined);
    const isOver = typeof until === 'string' && Date.parse(until) <= Date.now();
    if (whole.length !== 1) wrong.push(`${key} stands ${whole.length} times in the list of all`);
    if (active.length !== (isActive ? 1 : 0))
      wrong.push(`${key} stands ${active.length} times in the list of the active`);
    if (texts.length === 0) wrong.push(`${key} is found by no beginning of its name`);
    const missing = [...wanted].filter((facet) => !others.includes(facet) && !(isOver && facet.includes('#status#')));
    if (missing.length > 0 || !others.every((facet) => wanted.has(facet)))
      wrong.push(
        `${key} is listed under ${others.join(', ') || 'nothing'}, not ${[...wanted].join(', ') || 'nothing'}`,
      );
  }
  return {
    invariant: 'I5',
    says: 'lists show the rows, and nothing else',
    looked: count(stored.directory.length, 'entries of the directory'),
    wrong,
  };
};
