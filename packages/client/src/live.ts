/** A list that starts from a query, follows what is published, and heals what a lost connection missed. */
import { callDocument } from './documents.ts';
import { Closed, Refusal } from './errors.ts';
import { lists, type ProjectionUpdate, type Row, rowFields, selections } from './generated/operations.ts';
import type { Transport } from './commands.ts';
import { createStore, type Live } from './store.ts';

export interface ListState<RowOf> {
  items: readonly RowOf[];
  /**
   * `loading` until the first page is there; `lost` while there is no connection: the items may be old then; `ended`
   * with an error, or when closed.
   */
  status: 'loading' | 'live' | 'lost' | 'ended';
  error: Error | null;
  /** Whether all pages are in `items`. */
  complete: boolean;
}

export interface LiveList<RowOf> extends Live<ListState<RowOf>> {
  /** The rows as they are now. */
  readonly items: readonly RowOf[];
  /** Resolves with the list once it is filled and followed; rejects if that is refused. */
  readonly ready: Promise<LiveList<RowOf>>;
  /** Loads the next page, if there is one; rejects if that is refused, or if the list has ended, with the reason. */
  more(): Promise<void>;
  /** Asks for the rows anew; rejects as `more` does. */
  refresh(): Promise<void>;
}

const mentions = (value: unknown, id: string): boolean => JSON.stringify(value).includes(JSON.stringify(id));

interface Page {
  items: Row[];
  nextToken: string | null;
}

/**
 * Milliseconds after a change until the query is repeated that decides who is in the list now; and once more, as
 * indexes follow a little later.
 */
const repeatAfter = [150, 1_500];
/** What the API gives in one page if no limit is said, and at most. */
const pageSize = { usual: 25, most: 100 };
/** Milliseconds for which a pushed row counts against a query that does not show it yet. */
const memory = 10_000;

export const liveList = (
  { send, realtime }: Transport,
  name: keyof typeof lists,
  args: Record<string, unknown>,
  signal?: AbortSignal,
): LiveList<Row> => {
  const kind = lists[name];
  // Without other arguments every row belongs in the list.
  const everything = Object.entries(args).every(
    ([key, value]) => key === 'limit' || value === undefined || value === null,
  );
  /** What the list is of, as in `usersWithAuthorization`. */
  const ids = Object.values(args).filter((value) => typeof value === 'string');
  const heard = new Map<string, { version: number; row: Row | null; at: number }>();
  const ended = new AbortController();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const perPage = typeof args.limit === 'number' ? args.limit : pageSize.usual;
  /** As much as the API is known to give in one page. */
  let largest = Math.max(perPage, pageSize.most);
  let pages = 1;
  let nextToken: string | null = null;
  /** Queries go one after the other. */
  let last: Promise<unknown> = Promise.resolve();
  /** The refresh that waits for its turn: it will show what led to any wish for one until it begins. */
  let waiting: Promise<void> | undefined;

  const store = createStore<ListState<Row>>({ items: [], status: 'loading', error: null, complete: false }, () => {
    stop();
    for (const timer of timers) clearTimeout(timer);
  });
  const change = (next: Partial<ListState<Row>>) => store.set({ ...store.current, ...next });
  const end = (error: Error | null) => {
    if (store.closed) return;
    const reason = error ?? new Closed('The list was closed');
    change({ status: 'ended', error });
    settle.reject(reason);
    ended.abort(reason);
    store.close();
  };

  let settle!: { resolve(): void; reject(error: unknown): void };
  const ready = new Promise<LiveList<Row>>((resolve, reject) => {
    settle = { resolve: () => resolve(list), reject };
  });
  // Whoever does not wait for it reads `current.error`.
  ready.catch(() => {});

  /** As many rows as that in the fewest pages, or all that are left. */
  const fetchRows = async (from: string | null, count: number): Promise<Page> => {
    const items: Row[] = [];
    let token = from;
    do {
      const page = await fetchPage(token, count - items.length);
      items.push(...page.items);
      token = page.nextToken ?? null;
    } while (token !== null && items.length < count);
    return { items, nextToken: token };
  };

  /** A page of rows that refer to more than can be read at once is asked for in parts. */
  const fetchPage = async (token: string | null, rows: number): Promise<Page> => {
    const limit = Math.min(rows, largest);
    const variables = { ...args, limit, ...(token !== null && { nextToken: token }) };
    try {
      return (await send<Record<string, Page>>({ query: callDocument(name, variables), variables }, ended.signal))[
        name
      ]!;
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'PAGE_TOO_LARGE' && limit > 1)) throw error;
      largest = Math.ceil(limit / 2);
      return fetchPage(token, rows);
    }
  };

  /** What was heard counts if it is newer than what the query says. */
  const merged = (rows: Row[], complete: boolean): Row[] => {
    const ids = new Set(rows.map(({ id }) => id));
    const kept = rows.flatMap((row) => {
      const known = heard.get(row.id);
      return known && known.version > row.version ? (known.row ?? []) : row;
    });
    const late =
      everything && complete ? [...heard.values()].flatMap(({ row }) => (row && !ids.has(row.id) ? row : [])) : [];
    return [...kept, ...late];
  };

  const show = (rows: Row[]) => {
    change({ items: merged(rows, nextToken === null), complete: nextToken === null, error: null });
  };

  const fetchAll = async (): Promise<void> => {
    const oldest = Date.now() - memory;
    for (const [id, { at }] of heard) if (at < oldest) heard.delete(id);
    const { items, nextToken: next } = await fetchRows(null, pages * perPage);
    nextToken = next;
    show(items);
  };

  const fetchNext = async (): Promise<void> => {
    if (nextToken === null) return;
    const { items, nextToken: next } = await fetchRows(nextToken, perPage);
    pages += 1;
    nextToken = next;
    const shown = new Set(store.current.items.map(({ id }) => id));
    show([...store.current.items, ...items.filter(({ id }) => !shown.has(id))]);
  };

  /** Of a list that has ended nothing comes any more: whoever asks is told why. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(() => {
      ended.signal.throwIfAborted();
      return work();
    });
    last = done.catch(() => {});
    return done;
  };
  const refresh = (): Promise<void> => {
    waiting ??= inTurn(() => {
      waiting = undefined;
      return fetchAll();
    });
    return waiting;
  };
  const refreshSoon = () => {
    for (const ms of repeatAfter) {
      if (timers.size >= 4) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        refresh().catch(end);
      }, ms);
      timers.add(timer);
    }
  };

  const receive = (update: ProjectionUpdate) => {
    const { items } = store.current;
    if (update.aggregate !== kind) {
      // Rows that show what has changed; or it is something through which rows come into the list.
      if (mentions(items, update.aggregateId) || ids.some((id) => mentions(update, id))) refreshSoon();
      return;
    }
    const gone = update.change === 'DELETED';
    const row = update[rowFields[kind]] as Row | null;
    const before = items.find(({ id }) => id === update.aggregateId);
    if (update.version < Math.max(before?.version ?? 0, heard.get(update.aggregateId)?.version ?? 0)) return;
    // A row that was too large to be published has to be asked for.
    if (!gone && !row) return refreshSoon();
    heard.set(update.aggregateId, { version: update.version, row: gone ? null : row, at: Date.now() });
    if (gone) change({ items: items.filter((each) => each !== before) });
    else if (before) change({ items: items.map((each) => (each === before ? row! : each)) });
    else if (everything && store.current.complete) change({ items: [...items, row!] });
    // Where a new one belongs in the order is the query's to say.
    if (!everything || (!before && !gone)) refreshSoon();
  };

  // Rows that nest others are heard of by those, too.
  const nests = selections[rowTypeOf(kind)].slice(1).includes('{');
  const variables = nests ? {} : { aggregate: kind };
  const stop = realtime.subscribe(
    { query: callDocument('onProjectionUpdated', variables), variables },
    {
      ready: () =>
        void refresh().then(() => {
          if (store.closed) return;
          change({ status: 'live' });
          settle.resolve();
        }, end),
      next: (update) => update && receive(update as ProjectionUpdate),
      lost: () => change({ status: 'lost' }),
      error: end,
    },
  );
  signal?.addEventListener('abort', () => end(signal.reason), { once: true });

  const list: LiveList<Row> = Object.assign(Object.create(store), {
    ready,
    refresh,
    more: () => inTurn(fetchNext),
    close: () => end(null),
  });
  Object.defineProperty(list, 'items', { get: () => store.current.items });
  if (signal?.aborted) end(signal.reason);
  return list;
};

const rowTypeOf = (kind: keyof typeof rowFields) => {
  const field = rowFields[kind];
  return (field.charAt(0).toUpperCase() + field.slice(1)) as Capitalize<typeof field>;
};
