import { realtimeAddress } from './address.ts';
import { type Applied, type CommandOptions, type Decided, runCommand, type Transport, type Wait } from './commands.ts';
import { callDocument } from './documents.ts';
import { TimeoutError } from './errors.ts';
import {
  calls,
  type CommandReceipt,
  type Commands,
  commands,
  type Lists,
  lists,
  type Mutations,
  type Queries,
  type Subscriptions,
} from './generated/operations.ts';
import { createSend } from './http.ts';
import { type LiveList, liveList } from './live.ts';
import { createRealtime } from './realtime.ts';
import type { Listener, WebSocketClass } from './socket.ts';
import { deadline, orAborted } from './time.ts';
import { type Token, tokensOf } from './token.ts';
import { type Watch, watchRecovery } from './watch.ts';

export interface ClientConfig {
  /** Where queries and mutations are posted: the stack's output `GraphQLUrl`. */
  url: string;
  /** Where subscriptions connect, if not where AppSync has it for this `url`. */
  realtimeUrl?: string;
  /** The bare access token, or a function that gives a good one whenever it is asked. */
  token: Token;
  /** For Node before 22, which has none of its own: the `ws` package's. */
  WebSocket?: WebSocketClass;
  fetch?: typeof globalThis.fetch;
}

export interface CallOptions {
  /** Milliseconds, 30,000 if left out. */
  timeout?: number;
  signal?: AbortSignal;
}

type Result<WaitFor, Row> = WaitFor extends 'receipt'
  ? CommandReceipt
  : WaitFor extends 'event'
    ? Decided
    : Applied<Row>;

type CommandMethods = {
  [Name in keyof Commands]: Commands[Name]['input'] extends null
    ? <WaitFor extends Wait = 'view'>(
        options?: CommandOptions & { wait?: WaitFor },
      ) => Promise<Result<WaitFor, Commands[Name]['row']>>
    : <WaitFor extends Wait = 'view'>(
        input: Commands[Name]['input'],
        options?: CommandOptions & { wait?: WaitFor },
      ) => Promise<Result<WaitFor, Commands[Name]['row']>>;
};

/** Arguments may be left out where none is required. */
type Arguments<Args> = Record<string, never> extends Args ? [args?: Args] : [args: Args];

type CallMethods<Of extends Record<keyof Of, { args: unknown; result: unknown }>> = {
  [Name in keyof Of]: (...of: [...Arguments<Of[Name]['args']>, options?: CallOptions]) => Promise<Of[Name]['result']>;
};

type SubscriptionMethods = {
  [Name in keyof Subscriptions]: (
    args: Subscriptions[Name]['args'],
    listener: Listener<NonNullable<Subscriptions[Name]['result']>>,
  ) => () => void;
};

type LiveMethods = {
  [Name in keyof Lists]: (
    ...of: [...Arguments<Omit<Lists[Name]['args'], 'nextToken'>>, options?: { signal?: AbortSignal }]
  ) => LiveList<Lists[Name]['row']>;
};

export interface Client extends CommandMethods, CallMethods<Queries>, CallMethods<Mutations>, SubscriptionMethods {
  /** Lists that are kept up to date. */
  live: LiveMethods;
  /** A recovery's progress. */
  watch(recoveryId: string, options?: { signal?: AbortSignal }): Watch;
  /** Any query or mutation of your own; a typed document's data is typed. */
  request<Data = Record<string, unknown>, Variables = Record<string, unknown>>(
    query: string | { toString(): string; __apiType?: (variables: Variables) => Data },
    variables?: Variables,
    options?: CallOptions,
  ): Promise<Data>;
  /** Any subscription of your own: the listener hears its field's value. @returns what ends it */
  subscribe<Value = unknown>(query: string, variables: Record<string, unknown>, listener: Listener<Value>): () => void;
  /** Ends all subscriptions and the connection. */
  close(): void;
}

/** A client of the API. Nothing is sent or opened before the first call. */
export const createClient = ({ url, realtimeUrl, token, WebSocket, fetch }: ClientConfig): Client => {
  const tokens = tokensOf(token);
  const send = createSend(url, tokens, fetch ?? ((...request) => globalThis.fetch(...request)));
  const realtime = createRealtime({
    url,
    realtimeUrl: realtimeUrl ?? realtimeAddress(url),
    tokens,
    WebSocket: WebSocket ?? webSocketHere(),
  });
  const transport: Transport = { send, realtime };

  const request = async (query: string, variables: object = {}, options: CallOptions = {}): Promise<never> => {
    const { timeout = 30_000, signal: caller } = options;
    const { signal, clear } = deadline(timeout, () => new TimeoutError(`No answer within ${timeout} ms`), caller);
    try {
      return (await orAborted(send({ query: String(query), variables: { ...variables } }, signal), signal)) as never;
    } finally {
      clear();
    }
  };

  const methods: Record<string, unknown> = {};
  for (const name of Object.keys(commands) as (keyof Commands)[])
    methods[name] = (...of: unknown[]) => {
      const [input, options = {}] = commands[name] === null ? [null, of[0]] : of;
      return runCommand(transport, name, input, options as CommandOptions);
    };
  for (const name of Object.keys(calls) as (keyof typeof calls)[])
    methods[name] =
      calls[name].kind === 'subscription'
        ? (variables: Record<string, unknown>, listener: Listener) =>
            realtime.subscribe({ query: callDocument(name, variables), variables }, listener)
        : async (variables: Record<string, unknown> = {}, options?: CallOptions) =>
            (await request(callDocument(name, variables), variables, options))[name];
  const live = Object.fromEntries(
    (Object.keys(lists) as (keyof Lists)[]).map((name) => [
      name,
      (args: Record<string, unknown> = {}, options: { signal?: AbortSignal } = {}) =>
        liveList(transport, name, args, options.signal),
    ]),
  );
  const watch: Client['watch'] = (recoveryId, options = {}) => watchRecovery(transport, recoveryId, options.signal);
  const subscribe = (query: string, variables: Record<string, unknown>, listener: Listener) =>
    realtime.subscribe({ query, variables }, listener);
  return { ...methods, live, watch, request, subscribe, close: () => realtime.close() } as unknown as Client;
};

/** Said only when it is needed: who never subscribes and never waits needs no WebSocket. */
const webSocketHere = (): WebSocketClass =>
  (globalThis as { WebSocket?: WebSocketClass }).WebSocket ??
  (class {
    constructor() {
      throw new Error('There is no WebSocket here: give createClient the one of the ws package, { WebSocket }.');
    }
  } as never);
