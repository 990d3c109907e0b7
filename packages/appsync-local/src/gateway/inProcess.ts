import type { RoleCalls } from '../model.ts';
import type { Gateway } from './gateway.ts';
import { roleCalls } from './roleCalls.ts';

/**
 * The way to the gateway for the parts of the stack that run beside it: a call is handed over as it is, without a
 * socket and unsigned, as they cannot be anybody else. Everything behind is as for a call over HTTP: policies, hooks,
 * engines. Throws if the role is none of the stack's.
 */
export function inProcess(gateway: Gateway, roleArn: string): RoleCalls {
  const answer = gateway.as(roleArn);
  return roleCalls(async (request, signal) => {
    signal?.throwIfAborted();
    return unlessAborted(answer(request, signal), signal);
  });
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
