/** A list that starts from a query, follows what is published, and heals what a lost connection missed. */
import { callDocument } from './documents.ts';
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
  /** Loads the next page, if there is one. */
  more(): Promise<void>;
  /** Asks for the rows anew. */
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
  let pages = 1;
  let nextToken: string | null = null;
  /** Queries go one after the other. */
  let last: Promise<unknown> = Promise.resolve();
  /** The refresh that waits for its turn: it will show what led to any wish for one until it begins. */
  let waiting: Promise<void> | undefined;

  const store = createStore<ListState<Row>>({ items: [], status: 'loading', error: null, complete: false }, () => {
    ended.abort(new Error('The list was closed'));
    stop();
    for (const timer of timers) clearTimeout(timer);
  });
  const change = (next: Partial<ListState<Row>>) => store.set({ ...store.current, ...next });
  const end = (error: Error | null) => {
    change({ status: 'ended', error });
    settle.reject(error ?? new Error('The list was closed'));
    store.close();
  };

  let settle!: { resolve(): void; reject(error: unknown): void };
  const ready = new Promise<LiveList<Row>>((resolve, reject) => {
    settle = { resolve: () => resolve(list), reject };
  });
  // Whoever does not wait for it reads `current.error`.
  ready.catch(() => {});

  const fetchPage = async (token: string | null, limit = args.limit): Promise<Page> => {
    const variables = { ...args, ...(limit !== undefined && { limit }), ...(token !== null && { nextToken: token }) };
    return (await send<Record<string, Page>>({ query: callDocument(name, variables), variables }, ended.signal))[name]!;
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

  /** As many rows as the pages so far hold, in the fewest pages. */
  const fetchAll = async (): Promise<void> => {
    const oldest = Date.now() - memory;
    for (const [id, { at }] of heard) if (at < oldest) heard.delete(id);
    let { items, nextToken: token } = await fetchPage(
      null,
      pages === 1 ? args.limit : Math.min(pages * perPage, pageSize.most),
    );
    while (token && items.length < pages * perPage) {
      const missing = pages * perPage - items.length;
      const page = await fetchPage(token, Math.min(missing, pageSize.most));
      items = [...items, ...page.items];
      token = page.nextToken;
    }
    nextToken = token ?? null;
    show(items);
  };

  const fetchNext = async (): Promise<void> => {
    if (nextToken === null) return;
    const { items, nextToken: next } = await fetchPage(nextToken);
    pages += 1;
    nextToken = next ?? null;
    const shown = new Set(store.current.items.map(({ id }) => id));
    show([...store.current.items, ...items.filter(({ id }) => !shown.has(id))]);
  };

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(() => (store.closed ? undefined : work()));
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
  const failed = (error: Error) => {
    if (!store.closed) end(error);
  };
  const refreshSoon = () => {
    for (const ms of repeatAfter) {
      if (timers.size >= 4) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        refresh().catch(failed);
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
        }, failed),
      next: (update) => update && receive(update as ProjectionUpdate),
      lost: () => change({ status: 'lost' }),
      error: failed,
    },
  );
  signal?.addEventListener('abort', () => failed(signal.reason), { once: true });

  const list: LiveList<Row> = Object.assign(Object.create(store), {
    ready,
    refresh,
    more: () => inTurn(fetchNext),
    close: () => end(null),
  });
  Object.defineProperty(list, 'items', { get: () => store.current.items });
  if (signal?.aborted) failed(signal.reason);
  return list;
};

const rowTypeOf = (kind: keyof typeof rowFields) => {
  const field = rowFields[kind];
  return (field.charAt(0).toUpperCase() + field.slice(1)) as Capitalize<typeof field>;
};
