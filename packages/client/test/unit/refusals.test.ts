/** What is refused for good is told; only what passes by itself is tried again. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runCommand, type Transport } from '../../src/commands.ts';
import { type ClientError, Closed, errorOf, Refusal, Unauthenticated, Unreachable } from '../../src/errors.ts';
import { liveList } from '../../src/live.ts';
import { createRealtime } from '../../src/realtime.ts';
import type { Listener, WebSocketLike } from '../../src/socket.ts';
import { type Token, tokensOf } from '../../src/token.ts';
import { watchRecovery } from '../../src/watch.ts';

interface Asked {
  query: string;
  variables: { limit?: number; nextToken?: string; commandId?: string };
}

/** An API that answers as told; its subscriptions stand at once. */
const api = (answer: (asked: Asked, signal: AbortSignal) => Promise<object>) => {
  let listener!: Listener;
  const transport = {
    send: answer,
    realtime: {
      subscribe: (_: unknown, given: Listener) => {
        listener = given;
        setTimeout(() => listener.ready?.());
        return () => {};
      },
    },
  } as unknown as Transport;
  return { transport, hear: (value: unknown) => listener.next(value), stands: () => listener.ready?.() };
};

const roles = Array.from({ length: 40 }, (_, at) => ({ id: `role-${at}`, version: 1, authorizations: [] }));
const page = ({ variables: { limit = 25, nextToken = '0' } }: Asked) => {
  const [from, to] = [Number(nextToken), Number(nextToken) + limit];
  return { roles: { items: roles.slice(from, to), nextToken: to < roles.length ? String(to) : null } };
};
const denied = () => new Refusal('Unauthorized', 'Not yours');
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: ClientError) => error.code,
  );

describe('a list', () => {
  it('does not come to be when its first page is refused', async () => {
    const list = liveList(api(() => Promise.reject(denied())).transport, 'roles', {});
    expect(await codeOf(list.ready)).toBe('Unauthorized');
    expect(list.current).toMatchObject({ status: 'ended', error: { code: 'Unauthorized' } });
  });

  it('goes on without a page that is refused', async () => {
    const { transport } = api(async (asked) => {
      if (asked.variables.nextToken) throw denied();
      return page(asked);
    });
    const list = await liveList(transport, 'roles', {}).ready;
    expect(await codeOf(list.more())).toBe('Unauthorized');
    expect(list.current).toMatchObject({ status: 'live', complete: false });
    expect(list.items).toHaveLength(25);
    list.close();
  });

  it('tells whoever asks it for more after its end why it ended', async () => {
    let refuse = false;
    const { transport, stands } = api(async (asked) => {
      if (refuse) throw denied();
      return page(asked);
    });
    const list = await liveList(transport, 'roles', {}).ready;
    refuse = true;
    const waiting = list.refresh();
    const after = list.more();
    // The connection was lost, and stands again.
    stands();
    expect(await codeOf(waiting)).toBe('Unauthorized');
    await expect.poll(() => list.current.status).toBe('ended');
    expect(await codeOf(after)).toBe('Unauthorized');
    expect(await codeOf(list.more())).toBe('Unauthorized');
    expect(await codeOf(list.refresh())).toBe('Unauthorized');
  });

  it('tells whoever asks it for more after it was closed', async () => {
    const list = await liveList(api(async (asked) => page(asked)).transport, 'roles', {}).ready;
    list.close();
    expect(await codeOf(list.more())).toBe('CLOSED');
    expect(list.current).toMatchObject({ status: 'ended', error: null });
  });

  it('asks in parts for a page that is too large, and goes through all of it', async () => {
    const asked: number[] = [];
    const { transport } = api(async (of) => {
      asked.push(of.variables.limit!);
      if (of.variables.limit! > 15) throw new Refusal('PAGE_TOO_LARGE', 'Ask for a smaller page');
      return page(of);
    });
    const list = await liveList(transport, 'roles', {}).ready;
    expect(list.items).toHaveLength(25);
    while (!list.current.complete) await list.more();
    expect(list.items.map(({ id }) => id)).toEqual(roles.map(({ id }) => id));
    // What was too large once is not asked for again.
    await list.refresh();
    expect(asked.filter((limit) => limit > 15)).toEqual([25]);
    list.close();
  });

  it('ends when even one row is too large', async () => {
    const asked: number[] = [];
    const { transport } = api(async (of) => {
      asked.push(of.variables.limit!);
      throw new Refusal('PAGE_TOO_LARGE', 'Ask for a smaller page');
    });
    expect(await codeOf(liveList(transport, 'roles', { limit: 5 }).ready)).toBe('PAGE_TOO_LARGE');
    expect(asked).toEqual([5, 3, 2, 1]);
  });
});

describe('a watch', () => {
  afterEach(() => void vi.useRealTimers());

  it('ends with what was refused, also when nobody waits for it', async () => {
    const watch = watchRecovery(api(() => Promise.reject(denied())).transport, 'r');
    expect(await codeOf(watch.finished)).toBe('Unauthorized');
    for await (const recovery of watch) expect(recovery).toBeNull();
  });

  it('asks one question at a time, however long the API is away', async () => {
    vi.useFakeTimers();
    let asked = 0;
    const never = api(() => {
      asked += 1;
      return new Promise(() => {});
    });
    const watch = watchRecovery(never.transport, 'r');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toBe(1);
    watch.close();
    expect(await codeOf(watch.finished)).toBe('CLOSED');
  });
});

describe('a command', () => {
  it('whose row is refused says that it was done', async () => {
    const outcome = { status: 'APPLIED', version: 3, aggregate: 'GROUP', aggregateId: 'g', operation: 'updateGroup' };
    const { transport, hear } = api(async ({ query }) => {
      if (query.startsWith('query')) throw new Refusal('ROW_DAMAGED', 'It cannot be shown');
      hear(outcome);
      return { updateGroup: { commandId: 'c' } };
    });
    const error: unknown = await runCommand(transport, 'updateGroup', { id: 'g' }, { commandId: 'c' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'ROW_DAMAGED', commandId: 'c', outcome });
  });

  it('ends when its outcome may not be asked for', async () => {
    const { transport } = api(async ({ query }) => {
      if (query.startsWith('query')) throw new Unauthenticated('Token has expired.');
      return { updateGroup: { commandId: 'c' } };
    });
    const error: unknown = await runCommand(transport, 'updateGroup', {}, { commandId: 'c', wait: 'event' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', commandId: 'c', outcome: undefined });
  });
});

describe('a subscription', () => {
  afterEach(() => void vi.useRealTimers());

  let minted = 0;
  /** An endpoint that answers each frame as told. */
  const endpoint = (
    answer: (frame: { type: string; id?: string }, token: string) => object,
    // Always another one, and none that is good: an ID token, say.
    token: Token = () => `token-${(minted += 1)}`,
  ) => {
    class Socket {
      onopen: (() => void) | null = null;
      onmessage: ((event: { data: string }) => void) | null = null;
      onclose: (() => void) | null = null;
      readonly token: string;
      constructor(_: string, [, header = '']: string[]) {
        this.token = JSON.parse(atob(header.slice('header-'.length))).Authorization;
        setTimeout(() => this.onopen?.());
      }
      send(data: string) {
        setTimeout(() => {
          const frame = answer(JSON.parse(data), this.token) as { type: string };
          this.onmessage?.({ data: JSON.stringify(frame) });
          if (frame.type === 'connection_error') this.onclose?.();
        });
      }
      close() {}
    }
    return createRealtime({
      url: 'http://127.0.0.1/graphql',
      realtimeUrl: 'ws://127.0.0.1/graphql/realtime',
      tokens: tokensOf(token),
      WebSocket: Socket as unknown as new () => WebSocketLike,
    });
  };
  const outcomeOf = (realtime: ReturnType<typeof endpoint>) =>
    new Promise((resolve) =>
      realtime.subscribe(
        { query: 'subscription { onProjectionUpdated { version } }', variables: {} },
        { next: () => {}, error: resolve },
      ),
    );
  const unauthorized = { errors: [{ errorType: 'UnauthorizedException', message: 'Not for this API' }] };

  it('is over when the renewed token is refused as well, by the connection', async () => {
    vi.useFakeTimers();
    const over = outcomeOf(endpoint(() => ({ type: 'connection_error', payload: unauthorized })));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await Promise.race([over, 'tried for ever'])).toBeInstanceOf(Unauthenticated);
  });

  it('is over when the renewed token is refused as well, by itself', async () => {
    vi.useFakeTimers();
    const over = outcomeOf(
      endpoint(({ type, id }) =>
        type === 'start' ? { type: 'error', id, payload: unauthorized } : { type: 'connection_ack', payload: {} },
      ),
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await Promise.race([over, 'tried for ever'])).toBeInstanceOf(Unauthenticated);
  });

  it('waits for a renewal that takes longer than a connection', async () => {
    vi.useFakeTimers();
    let good = 'old';
    const realtime = endpoint(
      ({ type, id }, token) => {
        if (token === 'old') return { type: 'connection_error', payload: unauthorized };
        return type === 'start' ? { type: 'start_ack', id } : { type: 'connection_ack', payload: {} };
      },
      async ({ refused }) => {
        if (!refused) return good;
        await new Promise((resolve) => setTimeout(resolve, 40_000));
        return (good = 'new');
      },
    );
    const stands = new Promise((resolve) =>
      realtime.subscribe(
        { query: 'subscription { onProjectionUpdated { version } }', variables: {} },
        { next: () => {}, error: resolve, ready: () => resolve('stands') },
      ),
    );
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await Promise.race([stands, 'tried for ever'])).toBe('stands');
    realtime.close();
  });

  it('is over when the client is closed', async () => {
    const realtime = endpoint(({ type, id }) => (type === 'start' ? { type: 'start_ack', id } : { type: 'ka' }));
    const over = outcomeOf(realtime);
    realtime.close();
    expect(await over).toBeInstanceOf(Closed);
  });
});

describe('of several errors', () => {
  const passing = { errorType: 'READ_UNAVAILABLE', message: 'Try again' };

  it('one that stays is what is told', () => {
    expect(errorOf([passing, { errorType: 'ROW_DAMAGED', message: 'No' }])).toMatchObject({ code: 'ROW_DAMAGED' });
  });
  it('all must pass for another try', () => {
    expect(
      errorOf([passing, { errorType: 'Lambda:TooManyRequestsException', message: 'Rate exceeded' }]),
    ).toBeInstanceOf(Unreachable);
  });
});
