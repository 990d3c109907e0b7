/** The client's live things, and what else a page holds, as React has them. */
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Client, ListState, LiveList, Lists, Row } from 'user-management-client';
import { useClient } from '../session/context.ts';

/**
 * A state that belongs to a place in the browser's history: whoever comes Back, or reloads, finds it as it was left.
 * @param name one of a kind on its page
 */
export function useKept<Value>(name: string, initial: Value | (() => Value)) {
  const [value, setValue] = useState<Value>(() => {
    const kept = history.state as Record<string, Value> | null;
    if (kept && name in kept) return kept[name]!;
    return initial instanceof Function ? initial() : initial;
  });
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) history.replaceState({ ...history.state, [name]: value }, '');
    first.current = false;
  }, [name, value]);
  return [value, setValue] as const;
}

const starting: ListState<never> = { items: [], status: 'loading', error: null, complete: false };

/** A live list, from when the page opens until it closes. */
export function useLive<Name extends keyof Lists>(
  name: Name,
  args: Omit<Lists[Name]['args'], 'nextToken'>,
): { state: ListState<Lists[Name]['row']>; list: LiveList<Lists[Name]['row']> | null } {
  const client = useClient();
  const key = JSON.stringify(args);
  const [list, setList] = useState<LiveList<Lists[Name]['row']> | null>(null);
  const [state, setState] = useState<ListState<Lists[Name]['row']>>(starting);
  useEffect(() => {
    const open = client.live[name] as unknown as (of: object) => LiveList<Lists[Name]['row']>;
    const created = open(JSON.parse(key) as object);
    // Until the new one is filled, what was shown before stays.
    const stop = created.subscribe((now) => {
      if (now.status !== 'loading' || now.items.length > 0) setState(now);
    });
    setList(created);
    return () => {
      stop();
      created.close();
    };
  }, [client, name, key]);
  return { state, list };
}

/** As many rows as a select can show. */
const most = 1_000;

/** All rows of a kind, page after page, up to a bound that no select could show anyway. */
export function useAll<Name extends 'roles' | 'groups' | 'authorizations'>(name: Name): readonly Lists[Name]['row'][] {
  const { state, list } = useLive<Name>(name, { limit: 100 } as never);
  useEffect(() => {
    if (state.status === 'live' && !state.complete && state.items.length < most) void list?.more().catch(() => {});
  }, [state, list]);
  return state.items;
}

const one = { roles: 'role', groups: 'group', authorizations: 'authorization' } as const;

/**
 * What can be chosen of a kind: all of it; of very many, besides the first of them, those whose name begins with what is
 * typed, and those that are chosen.
 */
export function useChoices(
  name: keyof typeof one,
  typed: string,
  chosen: readonly string[],
): readonly { id: string; name: string }[] {
  const client = useClient();
  const rows = useAll(name);
  const known = new Set(rows.map(({ id }) => id));
  const many = rows.length >= most;
  const missing = many ? chosen.filter((id) => !known.has(id)) : [];
  const [asked] = useDebouncedValue(JSON.stringify([many ? typed.trim() : '', missing]), 250);
  const { value } = useAsked(
    async (signal) => {
      const [text, ids] = JSON.parse(asked) as [string, string[]];
      const [found, ones] = await Promise.all([
        text ? client[name]({ limit: 25, filter: { text } }, { signal }) : null,
        Promise.all(ids.map((id) => client[one[name]]({ id }, { signal }))),
      ]);
      return [...(found?.items ?? []), ...ones.flatMap((row) => row ?? [])];
    },
    [client, name, asked],
  );
  const more = new Map((value ?? []).filter(({ id }) => !known.has(id)).map((row) => [row.id, row]));
  return more.size === 0 ? rows : [...rows, ...more.values()];
}

export interface LiveRow<RowOf> {
  row: RowOf | null;
  status: 'loading' | 'live' | 'lost' | 'ended';
  error: unknown;
}

/** Does the work one at a time: all who ask while it is under way are answered by one that begins afterwards. */
const oneAtATime = (work: () => Promise<void>): (() => Promise<void>) => {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = () => (current = work().finally(() => (current = undefined)));
  return () => {
    if (!current) return begin();
    next ??= current.then(() => {
      next = undefined;
      return begin();
    });
    return next;
  };
};

/** One row, followed. */
export function useLiveRow<RowOf extends Row>(
  aggregate: 'USER' | 'ROLE' | 'GROUP' | 'AUTHORIZATION',
  id: string | undefined,
  read: (client: Client) => Promise<RowOf | null>,
): LiveRow<RowOf> & { reload: () => Promise<void> } {
  const client = useClient();
  const [state, setState] = useState<LiveRow<RowOf>>({ row: null, status: 'loading', error: null });
  const reload = useMemo(
    () =>
      oneAtATime(() =>
        read(client).then(
          (row) => setState({ row, status: 'live', error: null }),
          (error: unknown) => setState((before) => ({ ...before, status: 'ended', error })),
        ),
      ),
    // What it reads is given by the id.
    [client, aggregate, id],
  );
  useEffect(
    () =>
      client.onProjectionUpdated(
        { aggregate, ...(id === undefined ? {} : { aggregateId: id }) },
        {
          ready: () => void reload(),
          lost: () => setState((before) => ({ ...before, status: 'lost' })),
          error: (error) => setState((before) => ({ ...before, status: 'ended', error })),
          // Asked for rather than taken from the update: it may be too large to have been published.
          next: () => void reload(),
        },
      ),
    [client, aggregate, id, reload],
  );
  return { ...state, reload };
}

/** What a promise comes to; asked again when something that it depends on changes. */
export function useAsked<Value>(ask: (signal: AbortSignal) => Promise<Value>, dependencies: unknown[]) {
  const [state, setState] = useState<{ value: Value | null; error: unknown; busy: boolean }>({
    value: null,
    error: null,
    busy: true,
  });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, busy: true }));
    ask(stop.signal).then(
      (value) => !stop.signal.aborted && setState({ value, error: null, busy: false }),
      (error: unknown) => !stop.signal.aborted && setState((before) => ({ ...before, error, busy: false })),
    );
    return () => stop.abort();
  }, [...dependencies, round]);
  return useMemo(() => ({ ...state, again: () => setRound((before) => before + 1) }), [state]);
}

/**
 * Asks again and again, while the page is looked at. What was answered last stays, whatever becomes of the next
 * question.
 */
export function usePolled<Value>(
  ask: (signal: AbortSignal) => Promise<Value>,
  /** Milliseconds from an answer to the next question. */
  pause: number,
  dependencies: unknown[],
) {
  const [state, setState] = useState<{ value: Value | null; error: unknown; at: number }>({
    value: null,
    error: null,
    at: 0,
  });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    const answered = (change: (before: typeof state) => typeof state) => {
      asking = false;
      if (stop.signal.aborted) return;
      setState(change);
      timer = setTimeout(next, pause);
    };
    const next = () => {
      clearTimeout(timer);
      if (document.hidden || asking) return;
      asking = true;
      ask(stop.signal).then(
        (value) => answered(() => ({ value, error: null, at: Date.now() })),
        (error: unknown) => answered((before) => ({ ...before, error })),
      );
    };
    next();
    document.addEventListener('visibilitychange', next);
    return () => {
      stop.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', next);
    };
  }, [...dependencies, round]);
  return useMemo(() => ({ ...state, again: () => setRound((before) => before + 1) }), [state]);
}

export interface PageOf<Item> {
  items: Item[];
  nextToken: string | null;
}

interface Paged<Item> {
  /** Which page this is of what: until the next one is there, the one before stays. */
  of: string;
  items: readonly Item[] | null;
  more: boolean;
  error: unknown;
}

/**
 * One page at a time of what has no end in sight. Begins at the first one whenever `key` changes: what is asked for.
 */
export function usePages<Item>(
  ask: (nextToken: string | null, signal?: AbortSignal) => Promise<PageOf<Item>>,
  key: string,
) {
  const client = useClient();
  const [at, setAt] = useState({ key, page: 0, round: 0 });
  const [state, setState] = useState<Paged<Item>>({ of: '', items: null, more: false, error: null });
  /** Where each page begins, as far as that is known. */
  const starts = useRef<{ key: string; tokens: (string | null)[] }>({ key, tokens: [null] });
  if (starts.current.key !== key) starts.current = { key, tokens: [null] };
  const page = at.key === key ? at.page : 0;
  const wanted = JSON.stringify([key, page, at.round]);
  useEffect(() => {
    const stop = new AbortController();
    const { tokens } = starts.current;
    ask(tokens[page] ?? null, stop.signal).then(
      ({ items, nextToken }) => {
        if (stop.signal.aborted) return;
        tokens[page + 1] = nextToken;
        setState({ of: wanted, items, more: nextToken !== null, error: null });
      },
      (error: unknown) => !stop.signal.aborted && setState((before) => ({ ...before, of: wanted, error })),
    );
    return () => stop.abort();
  }, [client, wanted]);
  const { items, more, error, of } = state;
  return {
    items,
    more,
    error,
    // Known at once, not with the next answer: where a page begins is known only when the one before is there.
    busy: of !== wanted,
    page,
    // Where a page begins that failed to come, nobody knows: it is asked for again first.
    go: (to: number) =>
      setAt(({ round }) => {
        const known = starts.current.tokens[to] !== undefined;
        return { key, page: known ? to : page, round: known ? round : round + 1 };
      }),
    again: () => setAt(({ round }) => ({ key, page, round: round + 1 })),
  };
}
