import { WebSocket } from 'ws';

interface Frame {
  type: string;
  id?: string;
  payload?: { data?: Record<string, unknown> };
}

/**
 * Subscribes over a bare WebSocket. Resolves once the subscription stands.
 * @param hear gets the subscription field's value at the moment it arrives
 * @returns closes the connection
 */
export const subscribe = async (
  urls: { GraphQLUrl: string; RealtimeUrl: string },
  token: string,
  query: string,
  hear: (value: unknown) => void,
): Promise<() => void> => {
  const authorization = { Authorization: token, host: new URL(urls.GraphQLUrl).host };
  const socket = new WebSocket(urls.RealtimeUrl, [
    'graphql-ws',
    `header-${Buffer.from(JSON.stringify(authorization)).toString('base64url')}`,
  ]);
  const send = (frame: Frame | object) => socket.send(JSON.stringify(frame));
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => send({ type: 'connection_init' }));
    socket.on('error', reject);
    socket.on('message', (text: Buffer) => {
      const { type, payload } = JSON.parse(text.toString()) as Frame;
      if (type === 'connection_ack')
        send({ type: 'start', id: '1', payload: { data: JSON.stringify({ query }), extensions: { authorization } } });
      else if (type === 'start_ack') resolve();
      else if (type === 'data') hear(Object.values(payload?.data ?? {})[0]);
      else if (type !== 'ka') reject(new Error(`Unexpected frame: ${text.toString()}`));
    });
  });
  return () => socket.terminate();
};
