import { createServer } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { serveChaos } from '../../src/chaos/adminAddress.ts';
import { Chaos } from '../../src/chaos/chaos.ts';
import { badDay, readRules, type ChaosRule } from '../../src/chaos/rules.ts';
import type { CallHook, GatewayCall } from '../../src/gateway/hooks.ts';
import type { AddressInfo } from 'node:net';

function chaosWith(rules: ChaosRule[], seed = 1) {
  const killWorker = vi.fn();
  const crashEngine = vi.fn();
  let hook: CallHook | undefined;
  const attach = (given: CallHook) => {
    hook = given;
    return () => (hook = undefined);
  };
  const chaos = new Chaos({ seed, on: false, attach, killWorker, crashEngine });
  chaos.set({ rules });
  let calls = 0;
  const call = async (more: Partial<GatewayCall> = {}) => {
    const id = (calls += 1);
    const seen = {
      id,
      caller: 'Command',
      service: 'sqs',
      operation: 'SendMessage',
      input: { MessageBody: 'x' },
      ...more,
    } as const;
    const before = await hook?.({ ...seen, phase: 'before' });
    return before ?? (await hook?.({ ...seen, phase: 'after', response: { status: 200, body: {} } }));
  };
  return { chaos, call, killWorker, crashEngine, attached: () => hook !== undefined };
}

describe('trouble on purpose', () => {
  it('befalls the calls that a rule names, and no others, and never an administrator', async () => {
    const { call, chaos } = chaosWith([{ effect: 'fail', probability: 1, operation: 'Send*', caller: 'Comm' }]);
    expect(await call()).toEqual({ fail: expect.objectContaining({ status: 500, type: 'InternalError' }) });
    expect(await call({ operation: 'ReceiveMessage' })).toBeUndefined();
    expect(await call({ caller: 'Mediator' })).toBeUndefined();
    expect(await call({ caller: 'administrator' })).toBeUndefined();
    expect(chaos.summary()).toBe('seed 1: fail 1');
  });

  it.each<[ChaosRule['effect'], object]>([
    ['delay', { delayMs: expect.any(Number) }],
    ['reorder', { input: { MessageBody: 'x', DelaySeconds: 1 } }],
    ['repeat', { repeat: true }],
    ['throttle', { fail: expect.objectContaining({ type: 'RequestThrottled' }) }],
    ['lose', { dropConnection: true }],
  ])('can %s', async (effect, expected) => {
    expect(await chaosWith([{ effect, probability: 1 }]).call()).toEqual(expected);
  });

  it('can crash the environment of the function that calls', async () => {
    const { call, killWorker } = chaosWith([{ effect: 'crash', probability: 1 }]);
    expect(await call()).toBeUndefined();
    expect(await call({ workerId: 'command-1' })).toEqual({ dropConnection: true });
    expect(killWorker.mock.calls).toEqual([['command-1']]);
  });

  it('slows the tables by how long they take', async () => {
    const { call, chaos } = chaosWith([]);
    chaos.set({ slowness: 5 });
    expect(await call({ service: 'dynamodb', operation: 'PutItem' })).toEqual({ delayMs: expect.any(Number) });
    expect(await call()).toBeUndefined();
  });

  it('has the same chances for the same seed', async () => {
    const run = async (seed: number) => {
      const { call } = chaosWith([{ effect: 'fail', probability: 0.5 }], seed);
      const fates: boolean[] = [];
      for (let n = 0; n < 40; n += 1) fates.push((await call()) !== undefined);
      return fates;
    };
    expect(await run(7)).toEqual(await run(7));
    expect(await run(7)).not.toEqual(await run(8));
  });

  it('refuses rules that say nothing, naming them', () => {
    expect(() =>
      readRules([
        { effect: 'delay', probability: 1 },
        { effect: 'explode', probability: 1 },
      ]),
    ).toThrow('rule 1: effect must be one of delay');
    expect(() => readRules([{ effect: 'delay', probability: 2 }])).toThrow('rule 0: probability');
    expect(() => readRules([{ effect: 'delay', probability: 1, when: 'now' }])).toThrow('rule 0: when is unknown');
  });
});

describe('the admin address', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  async function serve() {
    const subject = chaosWith([]);
    const server = createServer((request, response) => {
      if (!serveChaos(subject.chaos, request, response)) response.writeHead(418).end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const response = await fetch(url + path, init);
      return { status: response.status, body: response.status === 418 ? undefined : ((await response.json()) as any) };
    };
    return { ...subject, ask };
  }

  it('tells what is on, takes rules and engine troubles, and turns all off', async () => {
    const { ask, chaos, crashEngine, attached } = await serve();
    expect((await ask('GET', '/_chaos')).body).toMatchObject({ on: false, rules: [], slow: 1 });
    const rules = [{ effect: 'delay', probability: 0.5, ms: 10 }];
    expect((await ask('PUT', '/_chaos/rules', rules)).body).toMatchObject({ on: true, rules });
    expect((await ask('PUT', '/_chaos/engine', { slow: 3 })).body).toMatchObject({ slow: 3 });
    await ask('PUT', '/_chaos/engine', { stop: true });
    expect(crashEngine).toHaveBeenCalledOnce();
    expect((await ask('PUT', '/_chaos/bad-day')).body).toMatchObject({ on: true, rules: badDay });
    expect((await ask('DELETE', '/_chaos')).body).toMatchObject({ on: false, counts: { 'engine stopped': 1 } });
    expect(chaos.rules).toEqual([]);
    expect(attached()).toBe(false);
  });

  it('says what is wrong, leaves other addresses alone, and is closed to pages in a browser', async () => {
    const { ask } = await serve();
    expect(await ask('PUT', '/_chaos/rules', [{}])).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('rule 0') },
    });
    expect((await ask('PUT', '/_chaos/engine', { slow: 0 })).status).toBe(400);
    expect((await ask('POST', '/_chaos/elsewhere')).status).toBe(404);
    expect((await ask('GET', '/other')).status).toBe(418);
    expect((await ask('DELETE', '/_chaos', undefined, { origin: 'http://127.0.0.1:3000' })).status).toBe(403);
  });
});
