/** One client's WebSocket: its handshake, its subscriptions, its frames. */
import type { WebSocket } from 'ws';
import { connectionLimitMs, errors, parseFrame } from './realtimeFrames.ts';
import type { FrameError, ServerFrame, StartRequest } from './realtimeFrames.ts';
import type { Handshake } from './realtimeHandshake.ts';
import { filterProblem } from './subscriptionFilter.ts';
import type { Authentication, RealtimeDependencies, Subscription } from '../types.ts';

/**
 * How long a refusal waits for `connection_init`. AWS's clients send it once they listen; what comes sooner they miss.
 */
const initMs = 500;

export interface ConnectionLimits {
  keepAliveMs: number;
  /** The service ends every connection after 24 hours. */
  maxAgeMs: number;
  subscriptions: number;
  /** How many bytes may wait for a client that does not read before it is cut off. */
  maxBufferedBytes: number;
}

type Dependencies = Pick<RealtimeDependencies, 'authenticate' | 'startSubscription'> & { log: (line: string) => void };

/** What stands behind a subscription id; without subscription while the start is being decided. */
export interface Entry {
  subscription?: Subscription;
}

export class Connection {
  /** By the id the client gave. */
  readonly subscriptions = new Map<string, Entry>();
  private readonly socket: WebSocket;
  private readonly handshake: Handshake;
  private readonly dependencies: Dependencies;
  private readonly limits: ConnectionLimits;
  private readonly connected: Promise<boolean>;
  private acknowledged = false;
  private initialize: () => void = () => undefined;
  private readonly initialized = new Promise<void>((resolve) => (this.initialize = resolve));
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(socket: WebSocket, handshake: Handshake, dependencies: Dependencies, limits: ConnectionLimits) {
    this.socket = socket;
    this.handshake = handshake;
    this.dependencies = dependencies;
    this.limits = limits;
    this.connected = this.admit();
    socket.on('message', (data, isBinary) => {
      this.receive(isBinary ? '' : data.toString()).catch((error: unknown) => this.fail(error));
    });
    socket.on('close', () => this.ended());
    // A broken frame or connection; 'close' follows.
    socket.on('error', (error) => dependencies.log(`[appsync] WebSocket: ${error.message}`));
  }

  send(frame: ServerFrame): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(JSON.stringify(frame));
    if (this.socket.bufferedAmount <= this.limits.maxBufferedBytes) return;
    this.dependencies.log(
      `[appsync] a subscriber does not read: cut off with ${this.socket.bufferedAmount} bytes waiting`,
    );
    this.socket.terminate();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  /** Authenticates the connection; a refusal ends it. */
  private async admit(): Promise<boolean> {
    const error = await this.connectionError().catch((failure: unknown) => this.fail(failure));
    if (!error) return error === null;
    const deadline = setTimeout(this.initialize, initMs);
    await this.initialized;
    clearTimeout(deadline);
    this.send({ type: 'connection_error', payload: { errors: [error] } });
    this.close(1008, error.errorType ?? error.message);
    return false;
  }

  private async connectionError(): Promise<FrameError | null> {
    if (!this.handshake.ok) return this.handshake.error;
    const result = await this.authenticate('/graphql/connect', this.handshake.headers, '{}');
    return result.ok ? null : errors.connectionRefused(result.message);
  }

  private authenticate(url: string, headers: Record<string, string>, body: string): Promise<Authentication> {
    const sourceIp = this.handshake.ok ? this.handshake.sourceIp : [];
    return this.dependencies.authenticate({ method: 'POST', url, headers, body, sourceIp });
  }

  private async receive(text: string): Promise<void> {
    const frame = parseFrame(text);
    if ('type' in frame && frame.type === 'connection_init') {
      this.initialize();
      if (await this.connected) this.acknowledge();
      return;
    }
    // What comes before the connection is acknowledged does not count.
    if (!this.acknowledged) return;
    if ('malformed' in frame) return this.refuse(frame.malformed, errors.malformed);
    if (frame.type === 'stop') return this.stop(frame.id);
    await this.start(frame.id, frame.request);
  }

  private acknowledge(): void {
    this.send({ type: 'connection_ack', payload: { connectionTimeoutMs: connectionLimitMs } });
    this.send({ type: 'ka' });
    if (this.acknowledged || this.socket.readyState !== this.socket.OPEN) return;
    this.acknowledged = true;
    this.timers.push(
      setInterval(() => this.send({ type: 'ka' }), this.limits.keepAliveMs),
      setTimeout(() => this.close(1000, 'Connection is 24 hours old'), this.limits.maxAgeMs),
    );
  }

  private async start(id: string, request: StartRequest): Promise<void> {
    if (this.subscriptions.has(id)) return this.refuse(id, errors.duplicate(id));
    if (this.subscriptions.size >= this.limits.subscriptions)
      return this.refuse(id, errors.tooMany(this.limits.subscriptions));
    const entry: Entry = {};
    this.subscriptions.set(id, entry);
    const outcome = await this.decide(request);
    // Stopped meanwhile (and perhaps started again), or the client gone.
    if (this.subscriptions.get(id) !== entry) return;
    if (Array.isArray(outcome)) {
      this.subscriptions.delete(id);
      this.refuse(id, ...outcome);
      return;
    }
    entry.subscription = outcome;
    this.send({ type: 'start_ack', id });
  }

  /** The subscription, or why it may not start. */
  private async decide(request: StartRequest): Promise<Subscription | FrameError[]> {
    const { data, query, variables, operationName, authorization } = request;
    const authentication = await this.authenticate('/graphql', authorization, data);
    if (!authentication.ok) return [errors.startRefused(authentication.message)];
    const { caller } = authentication;
    const started = await this.dependencies.startSubscription({
      query,
      variables,
      operationName,
      caller,
      headers: authorization,
    });
    if (!started.ok) return started.errors.map(errors.ofEntry);
    const problem = started.subscription.filter && filterProblem(started.subscription.filter);
    if (!problem) return started.subscription;
    this.dependencies.log(`[appsync] ${started.subscription.fieldName}: ${problem}`);
    return [errors.filter(problem)];
  }

  private stop(id: string): void {
    if (!this.subscriptions.delete(id)) return this.refuse(id, errors.unknownId(id));
    this.send({ type: 'complete', id });
  }

  private refuse(id: string, ...frameErrors: FrameError[]): void {
    this.send({ type: 'error', id, payload: { errors: frameErrors } });
  }

  /** A fault of ours: the client may try again. */
  private fail(error: unknown): undefined {
    this.dependencies.log(
      `[appsync] WebSocket: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    this.close(1011, 'Internal error');
  }

  private ended(): void {
    this.initialize();
    for (const timer of this.timers) clearTimeout(timer);
    this.subscriptions.clear();
  }
}
