/** The real-time endpoint with a stand-in for the rest of AppSync, and a client that speaks bare frames. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { createRealtime } from '../src/appsync/realtime/realtime.ts';
import type {
  Authentication,
  AuthenticationInput,
  Caller,
  RealtimeDependencies,
  Subscription,
  SubscriptionRequest,
  SubscriptionStart,
} from '../src/appsync/types.ts';

export interface RealtimeServer {
  url: string;
  host: string;
  realtime: ReturnType<typeof createRealtime>;
  /** What the endpoint asked of the rest. */
  authenticated: AuthenticationInput[];
  started: SubscriptionRequest[];
  lines: string[];
  stop(): Promise<void>;
}

const callerIdentity: Caller = {
  mode: 'OPENID_CONNECT',
  identity: { sub: 'auth0|alice', issuer: 'https://issuer/', claims: {} },
};

/** Lets in whoever sends the token `good`; a token that starts with `slow` takes until `release` is called. */
export const releases = new Map<string, () => void>();

async function authenticate(input: AuthenticationInput): Promise<Authentication> {
  const token = input.headers['authorization'] ?? '';
  if (token.startsWith('slow')) await new Promise<void>((resolve) => releases.set(token, resolve));
  if (token === 'broken') throw new Error('authenticate broke');
  if (token === 'good' || token.startsWith('slow')) return { ok: true, caller: callerIdentity };
  const message =
    token === ''
      ? 'Valid authorization header not provided.'
      : token === 'expired'
        ? 'Token has expired.'
        : 'Unauthorized';
  return { ok: false, status: 401, errorType: 'UnauthorizedException', message };
}

/**
 * Reads `subscription { <field> }`: `onDenied` and `onInvalid` are refused, others listen to the mutation
 * `publish<Field without on>`.
 */
async function startSubscription({ query, variables }: SubscriptionRequest): Promise<SubscriptionStart> {
  const fieldName = /\{\s*(\w+)/.exec(query)?.[1] ?? '';
  if (fieldName === 'onDenied') {
    return {
      ok: false,
      errors: [
        {
          path: ['onDenied'],
          data: null,
          errorType: 'Unauthorized',
          errorInfo: null,
          locations: null,
          message: 'Not Authorized to access onDenied on type Subscription',
        },
      ],
    };
  }
  if (fieldName === 'onInvalid') {
    return {
      ok: false,
      errors: [
        {
          path: null,
          locations: null,
          message: "Validation error of type UnknownArgument: Unknown field argument x @ 'onInvalid'",
        },
      ],
    };
  }
  if (fieldName === 'onBroken') throw new Error('startSubscription broke');
  const { filter = null, ...args } = (variables ?? {}) as { filter?: Subscription['filter'] };
  const selection = {
    document: null,
    fields: [],
    fragments: {},
    variables: {},
  } as unknown as Subscription['selection'];
  return {
    ok: true,
    subscription: {
      fieldName,
      args,
      filter,
      mutations: [`publish${fieldName.slice(2)}`],
      typeName: 'Thing',
      caller: callerIdentity,
      selection,
    },
  };
}

export async function startRealtime(limits: Parameters<typeof createRealtime>[1] = {}): Promise<RealtimeServer> {
  const server = createServer((_, res) => res.writeHead(426).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authenticated: AuthenticationInput[] = [];
  const started: SubscriptionRequest[] = [];
  const lines: string[] = [];
  const dependencies: RealtimeDependencies = {
    graphqlUrl: `http://${host}/graphql`,
    authenticate(input) {
      authenticated.push(input);
      return authenticate(input);
    },
    startSubscription(request) {
      started.push(request);
      return startSubscription(request);
    },
    selectForSubscriber({ fieldName }, value) {
      if ('explode' in value) throw new Error('selectForSubscriber broke');
      return { data: { [fieldName]: value } };
    },
    log: (line) => lines.push(line),
  };
  const realtime = createRealtime(dependencies, limits);
  server.on('upgrade', (req, socket, head) => realtime.upgrade(req, socket, head));
  return {
    url: `ws://${host}/graphql/realtime`,
    host,
    realtime,
    authenticated,
    started,
    lines,
    async stop() {
      await realtime.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Frame = Record<string, unknown> & { type: string };

export const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A WebSocket that hands out the frames it gets one by one. */
export class Client {
  readonly socket: WebSocket;
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | null = null;
  private readonly waiting: ((frame: Frame) => void)[] = [];

  constructor(url: string, protocols: string[], headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, protocols, { headers });
    this.socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as Frame;
      const next = this.waiting.shift();
      if (next) next(frame);
      else this.frames.push(frame);
    });
    this.socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.socket.on('error', () => undefined);
  }

  /** As aws-amplify connects: the token in a subprotocol. */
  static withToken(server: RealtimeServer, token: string): Client {
    return new Client(server.url, ['graphql-ws', `header-${base64url({ Authorization: token, host: server.host })}`]);
  }

  /** Connected and acknowledged. */
  static async ready(server: RealtimeServer): Promise<Client> {
    const client = Client.withToken(server, 'good');
    await client.opened();
    client.send({ type: 'connection_init' });
    await client.next();
    await client.next();
    return client;
  }

  async opened(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  start(id: string, field: string, variables: Record<string, unknown> = {}, token: string | null = 'good'): void {
    const authorization = token === null ? {} : { Authorization: token, host: 'x' };
    const data = JSON.stringify({ query: `subscription { ${field} { id } }`, variables });
    this.send({ id, type: 'start', payload: { data, extensions: { authorization } } });
  }

  /** Starts a subscription and expects it to be let in. */
  async subscribe(id: string, field: string, variables: Record<string, unknown> = {}): Promise<void> {
    this.start(id, field, variables);
    const frame = await this.next();
    if (frame.type !== 'start_ack') throw new Error(`Not started: ${JSON.stringify(frame)}`);
  }

  next(): Promise<Frame> {
    const frame = this.frames.shift();
    if (frame) return Promise.resolve(frame);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('No frame came')), 30_000);
      this.waiting.push((arrived) => {
        clearTimeout(timer);
        resolve(arrived);
      });
    });
  }

  /** Everything sent to this client so far has arrived once an unknown id has been complained about. */
  async settled(): Promise<Frame[]> {
    this.send({ type: 'stop', id: 'nobody' });
    const before: Frame[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame['id'] === 'nobody') return before;
      before.push(frame);
    }
  }
}
