import { isLoopbackHost } from '../gateway/loopback.ts';
import { badDay, readRules } from './rules.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Chaos } from './chaos.ts';

export const adminPath = '/_chaos';

const maximumBody = 100_000;

/**
 * The address at which a running stack is given trouble, on the gateway's port:
 *
 * - GET: what is on, and what has happened
 * - PUT /rules: these rules in place of the others (`ChaosRule[]`)
 * - PUT /bad-day: the rules of `--chaos`
 * - PUT /engine: `{ "slow": 5 }`, so many times as slow; `{ "stop": true }`, ended at once
 * - DELETE: everything off
 *
 * Answers true if the request was its own.
 */
export function serveChaos(chaos: Chaos, request: IncomingMessage, response: ServerResponse): boolean {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (path !== adminPath && !path.startsWith(`${adminPath}/`)) return false;
  // No page in a browser, on whatever address of this machine, may do this behind its reader's back.
  if (!isLoopbackHost(request.headers.host) || request.headers.origin !== undefined) {
    answer(response, 403, { error: 'This address is for tools on this machine.' });
    return true;
  }
  const answerTo = (body: unknown): void => {
    const known = act(chaos, `${request.method} ${path.slice(adminPath.length) || '/'}`, body);
    answer(response, known ? 200 : 404, known ? stateOf(chaos) : { error: 'There is nothing at this address.' });
  };
  void readBody(request)
    .then(answerTo)
    .catch((error: Error) => answer(response, 400, { error: error.message }));
  return true;
}

/** Whether there is such an address. @throws Error in words for whoever asked */
function act(chaos: Chaos, what: string, body: unknown): boolean {
  switch (what) {
    case 'GET /':
      return true;
    case 'DELETE /':
      chaos.set({ rules: [], slowness: 1 });
      return true;
    case 'PUT /rules':
      chaos.set({ rules: readRules(body) });
      return true;
    case 'PUT /bad-day':
      chaos.set({ rules: badDay });
      return true;
    case 'PUT /engine': {
      const { slow, stop } = (body ?? {}) as { slow?: unknown; stop?: unknown };
      if (slow !== undefined && !(typeof slow === 'number' && slow >= 1 && slow <= 1_000))
        throw new Error('slow must be a number from 1 (as it is) to 1000');
      if (stop !== undefined && stop !== true) throw new Error('stop can only be true');
      if (slow === undefined && stop === undefined) throw new Error('say slow or stop');
      if (slow !== undefined) chaos.set({ slowness: slow });
      if (stop) chaos.stopEngine();
      return true;
    }
    default:
      return false;
  }
}

const stateOf = (chaos: Chaos) => ({
  on: chaos.on,
  seed: chaos.options.seed,
  rules: chaos.rules,
  slow: chaos.slowness,
  counts: chaos.counts,
});

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > maximumBody) throw new Error('The request is too large.');
  }
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error('The body is not JSON.');
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body, null, 2)}\n`);
}
