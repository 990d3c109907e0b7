/** A command from its sending to its outcome, whatever becomes of the connection meanwhile. */
import { callDocument, commandDocument } from './documents.ts';
import { ClientError, Rejection, TimeoutError, Unreachable } from './errors.ts';
import {
  type CommandOutcome,
  type CommandReceipt,
  type Commands,
  type Row,
  rowFields,
} from './generated/operations.ts';
import type { Send } from './http.ts';
import type { Realtime } from './realtime.ts';
import { backoff, deadline, orAborted, pause, persistently } from './time.ts';

/** How long to wait: until the command is on its queue; until it is decided; until queries show what it did. */
export type Wait = 'receipt' | 'event' | 'view';

export interface CommandOptions {
  /** `view` if left out. */
  wait?: Wait;
  /** A UUID. A call that is repeated with the same one has its effect once, and gives the outcome of the first. */
  commandId?: string;
  /** Milliseconds, 60,000 if left out. */
  timeout?: number;
  /** Ends the waiting. A command that is sent by then takes its course. */
  signal?: AbortSignal;
}

export interface Decided {
  outcome: CommandOutcome;
}

export interface Applied<RowOf = Row> extends Decided {
  /** The row at the outcome's version, or a later one if it has moved on since; null when it is gone. */
  row: RowOf | null;
}

/** Milliseconds that a command waits for its subscription, before it is sent without. */
const withoutSubscription = 3_000;

/** The caller's own user is all that the user application reads. */
const own: string[] = ['signUp', 'updateProfile', 'eraseMe'];

/** After these a row that is not there is as it should be. */
const mayRemove = /^(delete|erase|correct)/;

export interface Transport {
  send: Send;
  realtime: Realtime;
}

export const runCommand = async (
  { send, realtime }: Transport,
  operation: keyof Commands,
  input: unknown,
  { wait = 'view', commandId = crypto.randomUUID(), timeout = 60_000, signal: caller }: CommandOptions,
): Promise<CommandReceipt | Decided | Applied> => {
  let known: CommandOutcome | undefined;
  const late = () => new TimeoutError(`${operation} was not done within ${timeout} ms`);
  const { signal, clear } = deadline(timeout, late, caller);

  const variables = input === undefined || input === null ? { commandId } : { input, commandId };
  const query = commandDocument(operation, variables);
  /** Sending again is safe: the command has its effect once. */
  const dispatch = async (): Promise<CommandReceipt> =>
    (await send<Record<string, CommandReceipt>>({ query, variables }, signal))[operation]!;

  /** The row, once it is at the outcome's version. */
  const shown = (outcome: CommandOutcome, pushed: boolean): Promise<Row | null> => {
    const field = own.includes(operation) ? 'me' : rowFields[outcome.aggregate];
    const args = field === 'me' ? {} : { id: outcome.aggregateId };
    const request = { query: callDocument(field, args), variables: args };
    const look = async () => {
      const row = (await send<Record<string, Row | null>>(request, signal))[field] ?? null;
      // A pushed outcome comes once the view shows it. One that was asked for may be a moment earlier.
      const holds = row ? row.version >= (outcome.version ?? 0) : pushed || mayRemove.test(operation);
      if (!holds) throw new Unreachable('Not shown yet');
      return row;
    };
    return persistently(look, signal, backoff(100, 2_000));
  };

  try {
    if (wait === 'receipt') return await orAborted(dispatch(), signal);
    const { outcome, pushed } = await orAborted(hear({ send, realtime }, commandId, dispatch, wait, signal), signal);
    known = outcome;
    if (outcome.status === 'REJECTED') throw new Rejection(outcome);
    return wait === 'event' ? { outcome } : { outcome, row: await orAborted(shown(outcome, pushed), signal) };
  } catch (error) {
    if (error instanceof ClientError) Object.assign(error, { commandId, ...(known && { outcome: known }) });
    throw error;
  } finally {
    clear();
  }
};

/**
 * Sends the command once its outcome is listened for, and gives the outcome: pushed, or asked for whenever a push may
 * have been missed. Without a subscription, because it was refused or does not come to stand, asking alone does.
 */
const hear = (
  { send, realtime }: Transport,
  commandId: string,
  dispatch: () => Promise<CommandReceipt>,
  wait: Wait,
  signal: AbortSignal,
): Promise<{ outcome: CommandOutcome; pushed: boolean }> =>
  new Promise((resolve, reject) => {
    const ended = new AbortController();
    let asking = new AbortController();
    let sent = false;

    const finish = (settle: () => void) => {
      if (ended.signal.aborted) return;
      ended.abort();
      asking.abort();
      clearTimeout(impatience);
      stop();
      settle();
    };
    const ask = async (pauses: Generator<number, never>, mine: AbortController) => {
      for (const ms of pauses) {
        await pause(ms, mine.signal);
        if (mine.signal.aborted) return;
        const request = { query: callDocument('command', { commandId }), variables: { commandId } };
        const { command } = await send<{ command: CommandOutcome | null }>(request, mine.signal);
        if (command) return finish(() => resolve({ outcome: command, pushed: false }));
      }
    };
    const keepAsking = (first: number) => {
      asking.abort();
      const mine = (asking = new AbortController());
      ask(backoff(first, 5_000), mine).catch((error) => mine.signal.aborted || finish(() => reject(error)));
    };
    const dispatchOnce = (first: number) => {
      clearTimeout(impatience);
      if (sent) return keepAsking(first);
      sent = true;
      dispatch().then(
        () => !ended.signal.aborted && keepAsking(first),
        (error) => finish(() => reject(error)),
      );
    };

    let standing = false;
    const request = { query: callDocument('onCommandCompleted', { commandId }), variables: { commandId } };
    const stop = realtime.subscribe(request, {
      ready: () => {
        // What was pushed while the connection was lost has to be asked for.
        dispatchOnce(standing || wait === 'event' ? 100 : 4_000);
        standing = true;
      },
      next: (outcome) => outcome && finish(() => resolve({ outcome: outcome as CommandOutcome, pushed: true })),
      error: () => dispatchOnce(200),
    });
    const impatience = setTimeout(() => dispatchOnce(200), withoutSubscription);
    signal.addEventListener('abort', () => finish(() => reject(signal.reason)), { once: true });
  });
