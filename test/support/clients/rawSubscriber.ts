import { WebSocket } from 'ws';
import { eventually } from './client.ts';

interface Urls {
  GraphQLUrl: string;
  RealtimeUrl: string;
}

export interface Frame {
  type: string;
  id?: string;
  payload?: any;
}

/** A frame other than the one that was hoped for. */
export class UnexpectedFrame extends Error {
  constructor(readonly frame: Frame | undefined) {
    super(`Unexpected frame: ${JSON.stringify(frame)}`);
  }
}

/** What one subscription has heard, in order. */
export class Stream<Item = any> {
  /** The subscription field's values. */
  readonly heard: Item[] = [];
  /** Of frames with errors beside data. */
  readonly errors: unknown[] = [];
  /** Called for each value at once, before anything else sees it. */
  onItem: ((item: Item) => void) | undefined;

  constructor(
    readonly id: string,
    private readonly socket: RawSubscriber,
  ) {}

  /**
   * The first value heard, or still to be heard, for which `matches` holds. Waits long enough for a message to be
   * delivered again.
   */
  next(matches: (item: Item) => boolean = () => true, seconds = 50): Promise<Item> {
    return eventually(
      `${this.id} hears what is waited for; heard so far: ${JSON.stringify(this.heard).slice(0, 2000)}`,
      async () => this.heard.find(matches),
      seconds,
    );
  }

  /** Ends the subscription; resolves when the endpoint has said so. */
  async stop(): Promise<void> {
    this.socket.send({ id: this.id, type: 'stop' });
    await this.socket.frame(({ id, type }) => id === this.id && type === 'complete');
  }

  take({ payload }: Frame): void {
    if (payload.errors) this.errors.push(...payload.errors);
    const item = Object.values(payload.data ?? {})[0] as Item | null | undefined;
    if (item === null || item === undefined) return;
    this.onItem?.(item);
    this.heard.push(item);
  }
}

/**
 * One WebSocket to the real-time endpoint, speaking bare frames; each subscription on it may have credentials of its
 * own.
 */
export class RawSubscriber {
  /** All but data and signs of life. */
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  private readonly streams = new Map<string, Stream>();
  private started = 0;

  private constructor(
    private readonly socket: WebSocket,
    private readonly host: string,
    private readonly token: string,
  ) {
    socket.on('message', (data: Buffer) => this.receive(JSON.parse(data.toString()) as Frame));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    // 'close' follows.
    socket.on('error', () => undefined);
  }

  /** Opens the socket with the token where `way` says, and initializes it; `frames` then holds the answer. */
  static async dial(
    { GraphQLUrl, RealtimeUrl }: Urls,
    token: string,
    way: 'subprotocol' | 'query' = 'subprotocol',
  ): Promise<RawSubscriber> {
    const { host } = new URL(GraphQLUrl);
    const header = Buffer.from(JSON.stringify({ Authorization: token, host }));
    const socket =
      way === 'subprotocol'
        ? new WebSocket(RealtimeUrl, ['graphql-ws', `header-${header.toString('base64url')}`])
        : new WebSocket(`${RealtimeUrl}?header=${encodeURIComponent(header.toString('base64'))}&payload=e30=`, [
            'graphql-ws',
          ]);
    const subscriber = new RawSubscriber(socket, host, token);
    await new Promise<void>((resolve, reject) => socket.on('open', () => resolve()).on('error', reject));
    subscriber.send({ type: 'connection_init' });
    await subscriber.frame(() => true);
    return subscriber;
  }

  /** Connected and acknowledged. */
  static async connect(urls: Urls, token: string): Promise<RawSubscriber> {
    const subscriber = await RawSubscriber.dial(urls, token);
    if (subscriber.frames[0]?.type !== 'connection_ack') throw new UnexpectedFrame(subscriber.frames[0]);
    return subscriber;
  }

  /** Starts a subscription and waits until it stands. @throws UnexpectedFrame if it is refused */
  async subscribe<Item = any>(
    query: string,
    variables?: Record<string, unknown>,
    token = this.token,
  ): Promise<Stream<Item>> {
    const id = `${(this.started += 1)}`;
    const stream = new Stream<Item>(id, this);
    this.streams.set(id, stream);
    this.start(id, query, variables, token);
    const answer = await this.frame((frame) => frame.id === id);
    if (answer.type !== 'start_ack') throw new UnexpectedFrame(answer);
    return stream;
  }

  start(id: string, query: string, variables: Record<string, unknown> | undefined, token = this.token): void {
    this.send({
      id,
      type: 'start',
      payload: {
        data: JSON.stringify({ query, variables }),
        extensions: { authorization: { Authorization: token, host: this.host } },
      },
    });
  }

  /** Why a subscription is refused: the errors of the frame that answers. */
  async refusal(
    query: string,
    variables?: Record<string, unknown>,
    token?: string,
  ): Promise<{ errorType?: string; message: string }[]> {
    const answer = await this.subscribe(query, variables, token).then(
      () => undefined,
      (error: UnexpectedFrame) => error.frame,
    );
    if (answer?.type !== 'error') throw new UnexpectedFrame(answer);
    return answer.payload.errors;
  }

  /**
   * Resolves when everything sent to this connection so far has arrived: an unknown id is complained about after it.
   */
  async settled(): Promise<void> {
    const id = `nobody-${(this.started += 1)}`;
    this.send({ id, type: 'stop' });
    await this.frame((frame) => frame.id === id);
  }

  /** The first frame, come or still to come, for which `matches` holds. */
  frame(matches: (frame: Frame) => boolean): Promise<Frame> {
    return eventually('a frame comes', async () => this.frames.find(matches));
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Cuts the connection without a farewell, as a lost network does. */
  cut(): void {
    this.socket.terminate();
  }

  async close(): Promise<void> {
    this.socket.close();
    await eventually('the connection ends', async () => this.closed);
  }

  private receive(frame: Frame): void {
    if (frame.type === 'ka') return;
    if (frame.type !== 'data') this.frames.push(frame);
    else this.streams.get(frame.id ?? '')?.take(frame);
  }
}

/** Every field of an update, two levels of nesting included. */
const authorization = 'id name description version createdAt updatedAt';
export const shown = {
  AUTHORIZATION: authorization,
  GROUP: authorization,
  ROLE: `id name description authorizationIds authorizations { ${authorization} } version createdAt updatedAt`,
  USER: `id firstName lastName birthDate email roleId role { id name description authorizationIds authorizations { ${authorization} } version createdAt updatedAt } groupId group { ${authorization} } authorizations { ${authorization} } version createdAt updatedAt`,
};

const updateFields = `aggregate aggregateId version change commandId eventId timestamp
  user { ${shown.USER} } role { ${shown.ROLE} } authorization { ${shown.AUTHORIZATION} } group { ${shown.GROUP} }`;

export const onProjectionUpdated = `subscription Updates($aggregate: AggregateType, $aggregateId: ID) {
  onProjectionUpdated(aggregate: $aggregate, aggregateId: $aggregateId) { ${updateFields} } }`;

/** Without arguments at all. */
export const onAnyProjectionUpdated = `subscription { onProjectionUpdated { ${updateFields} } }`;

export const onCommandCompleted = `subscription Outcome($commandId: ID!) {
  onCommandCompleted(commandId: $commandId) { commandId status operation aggregate aggregateId version code message actor } }`;
