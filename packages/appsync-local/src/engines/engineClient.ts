import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

export interface EngineResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const contentType = 'application/x-amz-json-1.0';

/**
 * The raw way to DynamoDB Local: one POST over a kept connection. The engine looks at the access key id only, to choose
 * the database, and checks no signature.
 */
export class EngineClient {
  readonly #agent: Agent;
  readonly #target: { host: string; port: string };
  readonly #authorization: string;

  constructor(
    readonly endpoint: string,
    readonly accessKeyId: string,
    readonly region: string,
    /** At once; more wait. */
    mostCalls = 256,
  ) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: mostCalls, scheduling: 'lifo' });
    const url = new URL(endpoint);
    this.#target = { host: url.hostname, port: url.port || '80' };
    this.#authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;
  }

  /** Sends a body as it is. Rejects only if the engine cannot be reached. */
  send(target: string, body: Uint8Array | string, options: { timeoutMs?: number } = {}): Promise<EngineResponse> {
    return new Promise((resolve, reject) => {
      const headers = {
        'content-type': contentType,
        'content-length': Buffer.byteLength(body),
        'x-amz-target': target,
        authorization: this.#authorization,
      };
      const outgoing = request(
        { ...this.#target, agent: this.#agent, method: 'POST', path: '/', headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 500, headers: response.headers, body: Buffer.concat(chunks) }),
          );
        },
      );
      if (options.timeoutMs !== undefined)
        outgoing.setTimeout(options.timeoutMs, () => outgoing.destroy(new Error('no answer in time')));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** Calls an operation of DynamoDB or, with the prefix `streams:`, of DynamoDB Streams, and returns its answer. */
  async call<Answer = Record<string, unknown>>(operation: string, input: unknown): Promise<Answer> {
    const target = operation.startsWith('streams:')
      ? `DynamoDBStreams_20120810.${operation.slice('streams:'.length)}`
      : `DynamoDB_20120810.${operation}`;
    const { status, body } = await this.send(target, JSON.stringify(input));
    const answer = JSON.parse(body.toString('utf8')) as Answer & {
      __type?: string;
      Message?: string;
      message?: string;
    };
    if (status === 200) return answer;
    const type = answer.__type?.split('#').pop() ?? `status ${status}`;
    throw Object.assign(new Error(`${operation}: ${type}: ${answer.Message ?? answer.message ?? ''}`), { name: type });
  }

  close(): void {
    this.#agent.destroy();
  }
}
