import { base64url, Client as Socket } from 'appsync-local/testing/realtime';

export type Frame = Awaited<ReturnType<Socket['next']>>;

/** A client of the real-time endpoint that speaks bare frames, with credentials of its own for each subscription. */
export class Live {
  private constructor(
    private readonly socket: Socket,
    private readonly host: string,
  ) {}

  /** Connects; the first frame that comes back says whether the credentials were good. */
  static async connect(
    urls: { RealtimeUrl: string; GraphQLUrl: string },
    credentials: Record<string, string>,
  ): Promise<{ live: Live; frame: Frame }> {
    const { host } = new URL(urls.GraphQLUrl);
    const socket = new Socket(urls.RealtimeUrl, ['graphql-ws', `header-${base64url({ ...credentials, host })}`]);
    await socket.opened();
    socket.send({ type: 'connection_init' });
    return { live: new Live(socket, host), frame: await socket.next() };
  }

  /** Connected with credentials that must be good. */
  static async open(
    urls: { RealtimeUrl: string; GraphQLUrl: string },
    credentials: Record<string, string>,
  ): Promise<Live> {
    const { live, frame } = await Live.connect(urls, credentials);
    if (frame.type !== 'connection_ack') throw new Error(`Not connected: ${JSON.stringify(frame)}`);
    return live;
  }

  /** Starts a subscription; the frame that answers: `start_ack` or `error`. Data of others is kept for `heard`. */
  async start(
    id: string,
    query: string,
    credentials: Record<string, string>,
    variables: Record<string, unknown> = {},
  ): Promise<Frame> {
    this.socket.send({
      id,
      type: 'start',
      payload: {
        data: JSON.stringify({ query, variables }),
        extensions: { authorization: { ...credentials, host: this.host } },
      },
    });
    for (;;) {
      const frame = await this.socket.next();
      if (frame['id'] === id && frame.type !== 'data') return frame;
      this.data.push(frame);
    }
  }

  private readonly data: Frame[] = [];

  /** Everything that came so far, but for signs of life. */
  async heard(): Promise<Frame[]> {
    this.data.push(...(await this.socket.settled()));
    return this.data.filter(({ type }) => type !== 'ka');
  }

  get closed(): { code: number; reason: string } | null {
    return this.socket.closed;
  }

  close(): void {
    this.socket.socket.close();
  }
}
