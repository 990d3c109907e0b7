import { buildApp } from 'fauxqs';
import { answerOfEngine, requestForEngine } from './messageText.ts';
import type { QueueModel } from '../model.ts';

export interface SqsAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The queue engine, in this process and without a port of its own. */
export interface SqsEngine {
  /**
   * Sends one request of SQS's JSON protocol.
   *
   * @param operation e.g. `SendMessage`
   * @param input with the engine's own QueueUrls
   */
  call(operation: string, input: Record<string, unknown>): Promise<SqsAnswer>;
  /** The engine's URL of a queue, by the queue's name. */
  queueUrl(name: string): string;
  createQueues(queues: QueueModel[], overrides?: { visibilityTimeoutSeconds?: number }): Promise<void>;
  /** Ends with the pending long polls answered, empty. */
  stop(): Promise<void>;
}

const HOST = 'queues.internal';

export function startSqs(region: string, accountId: string): SqsEngine {
  const app = buildApp({ logger: false, defaultRegion: region });
  const authorization = `AWS4-HMAC-SHA256 Credential=engine/20260101/${region}/sqs/aws4_request, SignedHeaders=host, Signature=0`;

  const call: SqsEngine['call'] = async (operation, input) => {
    const response = await app.inject({
      method: 'POST',
      url: '/',
      headers: {
        host: HOST,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `AmazonSQS.${operation}`,
        authorization,
      },
      payload: JSON.stringify(requestForEngine(operation, input)),
    });
    const headers: Record<string, string> = {};
    const error = response.headers['x-amzn-query-error'];
    if (error !== undefined) headers['x-amzn-query-error'] = String(error);
    return { status: response.statusCode, headers, body: answerOfEngine(operation, input, response.payload) };
  };

  return {
    call,
    queueUrl: (name) => `http://sqs.${region}.localhost/${accountId}/${name}`,
    async createQueues(queues, overrides = {}) {
      // A queue's dead-letter queue need not exist before it: the engine looks it up when it moves a message.
      for (const queue of queues) {
        const attributes = { ...queue.attributes };
        if (overrides.visibilityTimeoutSeconds !== undefined)
          attributes['VisibilityTimeout'] = String(overrides.visibilityTimeoutSeconds);
        const { status, body } = await call('CreateQueue', { QueueName: queue.name, Attributes: attributes });
        if (status !== 200) throw new Error(`the queue ${queue.logicalId} cannot be created: ${body}`);
      }
    },
    async stop() {
      await app.close();
    },
  };
}
