import type { GatewayClientConfig, RequestHandler } from '../model.ts';
import type { Gateway } from './gateway.ts';

/**
 * The way to the gateway for the parts of the stack that run beside it: a call is handed over as it is, without a
 * socket and unsigned, as they cannot be anybody else. Everything behind is as for a call over HTTP: policies, hooks,
 * engines.
 */
export function inProcess(
  gateway: Gateway,
  roleArn: string,
  address: Pick<GatewayClientConfig, 'endpoint' | 'region' | 'credentials'>,
): GatewayClientConfig & { requestHandler: RequestHandler } {
  const requestHandler: RequestHandler = {
    async handle({ headers, body }, options: { abortSignal?: unknown } = {}) {
      const signal = options.abortSignal as AbortSignal | undefined;
      signal?.throwIfAborted();
      const answer = await unlessAborted(
        gateway.answerAs(roleArn, { headers, body: body as Uint8Array | string, ...(signal && { signal }) }),
        signal,
      );
      if (answer === 'drop') throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      const { status, headers: answered, body: text } = answer;
      return { response: { statusCode: status, headers: answered, body: bytesOf(text) } };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
  return {
    ...address,
    // Nothing is ever added to their middleware, so it need not be put together anew for each call.
    cacheMiddleware: true,
    requestHandler,
    signer: { sign: (request) => Promise.resolve(request) },
  };
}

/** A caller that gives up hears so at once, whatever the engine still does. */
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function bytesOf(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}
