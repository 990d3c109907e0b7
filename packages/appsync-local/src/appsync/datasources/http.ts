/** The data source HTTP, for AWS services that the local gateway stands in for. */
import { createHash, createHmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials, GatewayAnswer, RoleCalls } from '../../model.ts';
import type { DataSource } from './dataSource.ts';
import { readHttpRequest } from './httpRequest.ts';
import type { OutgoingRequest } from './httpRequest.ts';

const connections = 64;
/** Of a response, in bytes. */
const maximumResponse = 5 * 1024 * 1024;
/** Services behind the gateway, and how the names of their operations begin. */
const services: Record<string, string> = { sqs: 'AmazonSQS.', dynamodb: 'DynamoDB_20120810.' };

export interface HttpDataSourceOptions {
  name: string;
  /** The gateway's URL, or one that it stands for: `https://sqs.us-east-1.amazonaws.com`. */
  endpoint: string;
  /** `calls`: the same role's, without a signature. */
  signing?: { region: string; service: string; credentials: AwsCredentials; calls: RoleCalls };
  /** URL of the local gateway. */
  gateway: string;
  region: string;
}

interface Response {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/** Node's own hashes in the form that the signer takes: 20 times as fast as the portable ones. */
class Sha256 {
  #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = createHash('sha256');
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** Throws when nothing on this machine stands for the endpoint. */
export function createHttpDataSource({ name, endpoint, signing, gateway, region }: HttpDataSourceOptions): DataSource {
  const target = new URL(gateway);
  const available = [
    target.origin,
    ...Object.keys(services).map((service) => `https://${service}.${region}.amazonaws.com`),
  ];
  if (!available.includes(endpoint.replace(/\/$/, ''))) {
    throw new Error(
      `The endpoint ${endpoint} of the data source ${name} is not available in the local AppSync; available are ${available.join(', ')}.`,
    );
  }
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const signer =
    signing &&
    new SignatureV4({
      credentials: signing.credentials,
      region: signing.region,
      service: signing.service,
      sha256: Sha256,
    });

  async function signed({ method, path, query, headers, body }: OutgoingRequest): Promise<Record<string, string>> {
    const withHost = { ...headers, host: target.host };
    if (!signer) return withHost;
    const request = {
      method,
      protocol: target.protocol,
      hostname: target.hostname,
      port: Number(target.port),
      path,
      query,
      headers: withHost,
      body,
    };
    return (await signer.sign(request)).headers;
  }

  /** Whether a signature would say no more than who calls. */
  const needsNoSignature = ({ method, path, query, headers }: OutgoingRequest): boolean =>
    method === 'POST' &&
    path === '/' &&
    Object.keys(query).length === 0 &&
    signing?.region === region &&
    (headers['x-amz-target'] ?? '').startsWith(services[signing.service] ?? '*');

  async function send(outgoing: OutgoingRequest): Promise<Response> {
    if (signing && needsNoSignature(outgoing)) return responseOf(await signing.calls.send(outgoing));
    const headers = { ...(await signed(outgoing)), 'content-length': String(Buffer.byteLength(outgoing.body)) };
    const query = queryString(outgoing.query);
    return new Promise<Response>((resolve, reject) => {
      const options = {
        agent,
        host: target.hostname,
        port: target.port,
        method: outgoing.method,
        path: query ? `${outgoing.path}?${query}` : outgoing.path,
        headers,
      };
      const call = httpRequest(options, (response) => void readResponse(response).then(resolve, reject));
      call.on('error', reject);
      call.end(outgoing.body);
    });
  }

  return {
    async call(request) {
      const outgoing = readHttpRequest(request);
      try {
        return { result: await send(outgoing) };
      } catch (error) {
        return {
          result: null,
          error: { type: 'Http:Error', message: error instanceof Error ? error.message : String(error) },
        };
      }
    },
    stop: () => agent.destroy(),
  };
}

/** As the signer writes it, so that both ends see the same. */
function queryString(query: Record<string, string | string[]>): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((one) => `${encode(name)}=${encode(one)}`))
    .join('&');
}

function responseOf(answer: GatewayAnswer): Response {
  if (answer === 'drop') throw new Error('socket hang up');
  const body = Buffer.from(answer.body);
  if (body.length > maximumResponse) throw tooLarge();
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
  return {
    statusCode: answer.status,
    headers: { ...Object.fromEntries(headers), 'content-length': String(body.length) },
    body: body.toString('utf8'),
  };
}

const tooLarge = () => new Error('the response is larger than 5 MB');

async function readResponse(response: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumResponse) throw tooLarge();
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return { statusCode: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') };
}
