import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { DynamoDatabase } from 'appsync-local/parts';
import { SqsEngine } from 'appsync-local/parts';
import { Client } from './client.ts';
import { endOf, StreamReader } from './raw.ts';
import type { RecordedCall } from './recorder.ts';
import { timed } from './statistics.ts';

/** One hop of the path, made of nothing but the engine or the socket that it needs. */
export interface Hop {
  name: string;
  /** How often a command's journey takes it. */
  times: number;
  /** Takes it once; milliseconds. */
  take(): Promise<number>;
}

/** An HTTP request to a server that answers at once. */
export const httpHop = async (): Promise<{ take: Hop['take']; stop(): void }> => {
  const server = createServer((request, response) => request.resume().on('end', () => response.end('{"data":{}}')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, '');
  return {
    take: () => timed(() => client.ask('{ nothing }')),
    stop: () => {
      client.close();
      server.close();
    },
  };
};

/** A message sent to a queue that is being polled, until the poll has it. */
export const queueHop = async (): Promise<{ take: Hop['take']; stop(): Promise<void> }> => {
  const sqs = new SqsEngine({ url: 'http://127.0.0.1', region: 'us-east-1', accountId: '000000000000' });
  await sqs.createQueues([{ logicalId: 'hop', name: 'hop', arn: '', url: '', attributes: {}, policy: [] }]);
  const QueueUrl = sqs.queueUrl('hop');
  return {
    take: async () => {
      const polled = sqs.call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 5 });
      // The poll is waiting by the time the message comes.
      await new Promise((resolve) => setTimeout(resolve, 5));
      return timed(async () => {
        await sqs.call('SendMessage', { QueueUrl, MessageBody: '{}' });
        await polled;
      });
    },
    stop: () => sqs.stop(),
  };
};

/** A frame over a WebSocket. */
export const socketHop = async (): Promise<{ take: Hop['take']; stop(): void }> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  const accepted = new Promise<WebSocket>((resolve) => server.once('connection', resolve));
  await new Promise((resolve) => server.once('listening', resolve));
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [sender] = await Promise.all([accepted, new Promise((resolve) => client.once('open', resolve))]);
  return {
    take: () =>
      timed(async () => {
        const heard = new Promise((resolve) => client.once('message', resolve));
        sender.send('{"type":"data"}');
        await heard;
      }),
    stop: () => {
      client.terminate();
      server.close();
    },
  };
};

/** The calls of one command, one after the other. */
export const callsHop = (raw: DynamoDatabase, calls: RecordedCall[][]): Hop['take'] => {
  let next = 0;
  return () =>
    timed(async () => {
      for (const { operation, body } of calls[next++]!) await raw.client.send(`DynamoDB_20120810.${operation}`, body);
    });
};

/** A read of a stream that has something new. */
export const streamHop = async (raw: DynamoDatabase, stream: string, table: string): Promise<Hop['take']> => {
  const reader = new StreamReader(raw, await endOf(raw, stream));
  let written = 0;
  return async () => {
    written += 1;
    await raw.client.call('PutItem', {
      TableName: table,
      Item: { streamId: { S: 'hop' }, version: { N: String(written) } },
    });
    return timed(async () => {
      while ((await reader.read()) === 0);
    });
  };
};
