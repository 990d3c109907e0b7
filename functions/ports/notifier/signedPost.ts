import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { SignatureV4 } from '@smithy/signature-v4';
import { budget } from '../../runtime/budget.ts';
import { again, retry, type RetryPolicy } from '../../runtime/retry.ts';
import { Failure } from '../../runtime/failure.ts';

/** Whose name requests are signed in; as in the configuration of an AWS client. */
export interface Identity {
  credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken?: string }>;
  region: () => Promise<string>;
}

export interface Answer {
  status: number;
  body: string;
}

const policy: RetryPolicy = { attempts: 3, firstPause: 100, longestPause: 1_000 };

/** The digest that signatures are made of. */
export class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash =
      secret === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);

/** A connection that was kept, and that the other side had closed meanwhile: nothing was sent. */
class ClosedMeanwhile extends Error {
  override readonly name: string = 'ClosedMeanwhile';
}

/** Sends over kept connections, at most `connections` at a time. @throws ClosedMeanwhile */
const senderTo = (target: URL, connections: number) => {
  const secure = target.protocol === 'https:';
  const [request, Agent] = secure ? [httpsRequest, HttpsAgent] : [httpRequest, HttpAgent];
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  return (body: string, options: RequestOptions): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sending = request(target, { ...options, method: 'POST', agent }, (response) => {
        text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
      });
      sending.on('error', (error: NodeJS.ErrnoException) =>
        reject(sending.reusedSocket && error.code === 'ECONNRESET' ? new ClosedMeanwhile() : error),
      );
      sending.end(body);
    });
};

/**
 * Posts JSON to AppSync, signed. Connections are kept and used again.
 * Tries again when there is no answer, or one that says that the service is throttling or unwell; until a moment, in
 * milliseconds since the epoch.
 * @param connections most requests side by side; more wait
 * @throws when there was no answer at any try
 */
export const signedPoster = (
  url: string,
  identity: Identity,
  connections: number,
): ((body: string, until: number) => Promise<Answer>) => {
  const target = new URL(url);
  const send = senderTo(target, connections);
  const signer = new SignatureV4({
    service: 'appsync',
    region: identity.region,
    credentials: identity.credentials,
    sha256: Sha256,
  });

  const post = async (body: string, timeout: number): Promise<Answer> => {
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: target.protocol,
      hostname: target.hostname,
      path: target.pathname,
      headers: { host: target.host, 'content-type': 'application/json' },
      body,
    });
    const signal = AbortSignal.timeout(timeout);
    for (let closed = 0; ; closed += 1) {
      try {
        return await send(body, { headers: { ...headers, 'content-length': Buffer.byteLength(body) }, signal });
      } catch (error) {
        // Each kept connection may have been closed while the function slept.
        if (!(error instanceof ClosedMeanwhile) || closed >= connections) throw error;
      }
    }
  };

  return (body, until) => {
    let last: unknown;
    return retry(
      policy,
      async (attempt) => {
        const left = until - Date.now();
        if (left <= 0) throw new Failure('There was no time left to publish', { cause: last });
        try {
          const answer = await post(body, Math.min(left, budget.request));
          const unwell = answer.status === 429 || answer.status >= 500;
          return unwell && attempt < policy.attempts ? again : answer;
        } catch (error) {
          last = error;
          return again;
        }
      },
      () => new Failure('AppSync did not answer', { cause: last }),
    );
  };
};
