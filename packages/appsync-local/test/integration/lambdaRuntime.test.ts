import { readFileSync, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import {
  startLambdaRuntime,
  type LambdaEvent,
  type LambdaRuntime,
  type LambdaRuntimeOptions,
} from '../../src/lambda/runtime.ts';
import type { FunctionModel } from '../../src/model.ts';
import { accountId, eventually, functionFrom, iamDenying, region, role, temporaryFolder } from './lambdaFixtures.ts';

let runtime: LambdaRuntime | undefined;
let logDir = '';

afterEach(async () => {
  await runtime?.stop();
  runtime = undefined;
});

async function start(functions: FunctionModel[], options: Partial<LambdaRuntimeOptions> = {}): Promise<LambdaRuntime> {
  logDir = temporaryFolder();
  runtime = await startLambdaRuntime({
    functions,
    roles: [role],
    iam: iamDenying(),
    endpoint: 'http://127.0.0.1:9',
    region,
    accountId,
    logDir,
    concurrencyPerFunction: 2,
    ...options,
  });
  return runtime;
}

async function run(source: string, settings: Partial<FunctionModel> = {}, payload: unknown = {}) {
  const subject = functionFrom(source, settings);
  const running = await start([subject]);
  return running.invoke(subject.arn, payload);
}

test('a handler gets its event and its result comes back, both as JSON', async () => {
  const result = await run(
    'export const handler = async (event) => ({ got: event, dropped: undefined, at: new Date(0) });',
    {},
    { list: [1, 'é'], dropped: undefined },
  );
  expect(result).toMatchObject({ ok: true, payload: { got: { list: [1, 'é'] }, at: '1970-01-01T00:00:00.000Z' } });
});

test('a handler that returns nothing gives null', async () => {
  expect(await run('export const handler = async () => {};')).toMatchObject({ ok: true, payload: null });
});

test('the environment is the template’s and Lambda’s, and nothing of the machine’s', async () => {
  const subject = functionFrom('export const handler = async () => process.env;', { environment: { TABLE: 't' } });
  const running = await start([subject], { endpoint: 'http://127.0.0.1:4001' });
  const result = await running.invoke(subject.arn, {});
  const variables = result.ok ? (result.payload as Record<string, string>) : {};
  expect(variables).toMatchObject({
    TABLE: 't',
    AWS_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: 'subject',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/subject',
    AWS_ACCESS_KEY_ID: 'LOCALKEY',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:4001',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:4001',
    AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:4001',
    _HANDLER: 'index.handler',
  });
  expect(variables['AWS_SESSION_TOKEN']).toBe(`session#${running.workers()[0]?.id}`);
  expect(Object.keys(variables)).not.toContain('PATH');
  expect(Object.keys(variables)).not.toContain('HOME');
});

test('the context carries what handlers read of it', async () => {
  const result = await run(
    'export const handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });',
    { timeoutSeconds: 7 },
  );
  expect(result).toMatchObject({
    ok: true,
    payload: {
      awsRequestId: result.requestId,
      functionName: 'subject',
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:subject`,
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/subject',
    },
  });
  const { left } = (result.ok ? result.payload : {}) as { left: number };
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(7000);
});

test('module state lives on between invocations of one environment', async () => {
  const subject = functionFrom('let n = 0; export const handler = async () => ++n;');
  const running = await start([subject]);
  for (const expected of [1, 2, 3]) expect(await running.invoke(subject.arn, {})).toMatchObject({ payload: expected });
  expect(running.workers()).toHaveLength(1);
});

test('what the handler does not await stands still until the next invocation', async () => {
  const subject = functionFrom(`
    let ticks = 0;
    export const handler = async ({ wait }) => {
      if (wait === undefined) { setInterval(() => { ticks += 1; }, 1); return 0; }
      const thawed = ticks;
      await new Promise((resolve) => setTimeout(resolve, wait));
      return [thawed, ticks];
    };`);
  const running = await start([subject]);
  await running.invoke(subject.arn, {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  const result = await running.invoke(subject.arn, { wait: 50 });
  const [thawed, later] = (result.ok ? result.payload : []) as number[];
  expect(thawed).toBeLessThanOrEqual(2);
  expect(later).toBeGreaterThan(thawed ?? 0);
});

test('a connection that the other side closed in the meantime is not used again', async () => {
  const server = createServer((request, response) => {
    response.end('ok');
    setTimeout(() => request.socket.destroy(), 30);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const subject = functionFrom(`
    import { Agent, get } from 'node:http';
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    export const handler = async ({ port }) => new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', agent }, (response) => response.resume().on('end', () => resolve(response.statusCode))).on('error', reject);
    });`);
  const running = await start([subject]);
  const { port } = server.address() as AddressInfo;
  for (let round = 0; round < 3; round += 1) {
    expect(await running.invoke(subject.arn, { port })).toMatchObject({ ok: true, payload: 200 });
    await eventually(async () => (await connectionsOf(server)) === 0);
  }
  server.close();
});

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

test('an error thrown by the handler is the result, and the environment goes on', async () => {
  const subject = functionFrom(
    'let n = 0; export const handler = async () => { n += 1; if (n === 1) throw new TypeError("no such thing"); return n; };',
  );
  const running = await start([subject]);
  expect(await running.invoke(subject.arn, {})).toMatchObject({
    ok: false,
    errorType: 'Unhandled',
    errorMessage: 'no such thing',
  });
  expect(await running.invoke(subject.arn, {})).toMatchObject({ ok: true, payload: 2 });
});

test('a function over its time is ended, says so in Lambda’s words, and is replaced', async () => {
  const subject = functionFrom(
    'let n = 0; export const handler = async ({ hang }) => { n += 1; if (hang) for (;;); return n; };',
    { timeoutSeconds: 1 },
  );
  const running = await start([subject]);
  const result = await running.invoke(subject.arn, { hang: true });
  expect(result).toMatchObject({ ok: false, errorType: 'TimedOut' });
  expect(!result.ok && result.errorMessage).toMatch(
    new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z ${result.requestId} Task timed out after 1\\.00 seconds$`),
  );
  expect(await running.invoke(subject.arn, {})).toMatchObject({ ok: true, payload: 1 });
});

test.each([
  ['process.exit', 'process.exit(3)', 'Crashed', /exit status 3$/],
  [
    'an error nobody catches',
    'setTimeout(() => { throw new Error("stray"); }, 1); await new Promise(() => {})',
    'Unhandled',
    /^stray$/,
  ],
  [
    'a rejection nobody handles',
    'Promise.reject(new Error("stray")); await new Promise((r) => setTimeout(r, 1000))',
    'Unhandled',
    /^stray$/,
  ],
  ['an event loop run dry', 'await new Promise(() => {})', 'Crashed', /without providing a reason$/],
  [
    'too much memory',
    'const all = []; for (;;) all.push(new Array(100_000).fill(Math.random()))',
    'Crashed',
    /out of memory/,
  ],
])('%s ends the environment, which is replaced', async (_name, statement, errorType, errorMessage) => {
  const subject = functionFrom(
    `let n = 0; export const handler = async ({ crash }) => { n += 1; if (crash) { ${statement}; } return n; };`,
    { memoryMb: 64 },
  );
  const running = await start([subject]);
  await running.invoke(subject.arn, {});
  expect(await running.invoke(subject.arn, { crash: true })).toMatchObject({
    ok: false,
    errorType,
    errorMessage: expect.stringMatching(errorMessage),
  });
  expect(await running.invoke(subject.arn, {})).toMatchObject({ ok: true, payload: 1 });
});

test('a killed environment fails its invocation, and others are unharmed', async () => {
  const subject = functionFrom(
    'export const handler = async () => { await new Promise((r) => setTimeout(r, 500)); return process.env.AWS_SESSION_TOKEN; };',
  );
  const events: LambdaEvent[] = [];
  const running = await start([subject], { onEvent: (event) => events.push(event) });
  const both = [running.invoke(subject.arn, {}), running.invoke(subject.arn, {})];
  await eventually(() => events.length === 2);
  const [victim, other] = running.workers().map(({ id }) => id);
  running.killWorker(victim ?? '');
  const results = await Promise.all(both);
  expect(results.filter(({ ok }) => !ok)).toEqual([
    expect.objectContaining({ errorType: 'Crashed', errorMessage: expect.stringMatching(/signal: killed$/) }),
  ]);
  expect(results.filter(({ ok }) => ok)).toEqual([expect.objectContaining({ payload: `session#${other}` })]);
  await eventually(() => running.workers().length === 1);
});

test.each([
  ['a module that throws', 'throw new Error("bad module"); export const handler = 1;', 'index.handler', /bad module/],
  [
    'no such export',
    'export const other = async () => 1;',
    'index.handler',
    /index.handler is undefined or not exported/,
  ],
  ['no such module', 'export const handler = async () => 1;', 'main.handler', /Cannot find module 'main'/],
  [
    'a callback handler',
    'export const handler = (event, context, callback) => callback();',
    'index.handler',
    /callback/,
  ],
  [
    'a result that is not JSON',
    'export const handler = async () => 1n;',
    'index.handler',
    /Unable to stringify response body/,
  ],
])('%s is an error with a reason', async (_name, source, handler, message) => {
  expect(await run(source, { handler })).toMatchObject({
    ok: false,
    errorType: 'Unhandled',
    errorMessage: expect.stringMatching(message),
  });
});

test('requests and responses over 6 MB are refused', async () => {
  const subject = functionFrom('export const handler = async ({ size }) => "x".repeat(size ?? 0);');
  const running = await start([subject]);
  expect(await running.invoke(subject.arn, { text: 'x'.repeat(6 * 2 ** 20) })).toMatchObject({
    ok: false,
    errorMessage: expect.stringMatching(/Request must be smaller than 6291456 bytes/),
  });
  expect(await running.invoke(subject.arn, { size: 6 * 2 ** 20 + 200 })).toMatchObject({
    ok: false,
    errorMessage: expect.stringMatching(/exceeded maximum allowed payload size/),
  });
  expect(await running.invoke(subject.arn, { size: 6 * 2 ** 20 - 10 })).toMatchObject({ ok: true });
});

test('concurrency is capped, and whoever waits is served in turn', async () => {
  const subject = functionFrom(
    'export const handler = async ({ n }) => { await new Promise((r) => setTimeout(r, 20)); return n; };',
  );
  const running = await start([subject], { concurrencyPerFunction: 3 });
  const results = await Promise.all(
    Array.from({ length: 12 }, (_, n) => running.invoke(subject.arn, { n }, { waitForSlot: true })),
  );
  expect(results.map((result) => result.ok && result.payload)).toEqual(Array.from({ length: 12 }, (_, n) => n));
  expect(running.workers().length).toBeLessThanOrEqual(3);
});

test('over its reserved concurrency, or what is left of the account’s, a function is throttled', async () => {
  const source = 'export const handler = async () => { await new Promise((r) => setTimeout(r, 50)); };';
  const reserved = functionFrom(source, { name: 'reserved', reservedConcurrency: 1 });
  const other = functionFrom(source, { name: 'other' });
  const events: LambdaEvent[] = [];
  const running = await start([reserved, other], {
    concurrencyPerFunction: 8,
    accountConcurrency: 13,
    onEvent: (event) => events.push(event),
  });
  const throttled = async (subject: FunctionModel, times: number) => {
    const results = await Promise.all(Array.from({ length: times }, () => running.invoke(subject.arn, {})));
    return results.filter((result) => !result.ok && result.errorType === 'TooManyRequests').length;
  };
  expect(await Promise.all([throttled(reserved, 4), throttled(other, 14)])).toEqual([3, 2]);
  expect(events.filter(({ kind }) => kind === 'throttled')).toHaveLength(5);
  // Who waits for a place gets it.
  const patient = Array.from({ length: 4 }, () => running.invoke(reserved.arn, {}, { waitForSlot: true }));
  expect((await Promise.all(patient)).every(({ ok }) => ok)).toBe(true);
});

test('more than AWS lets an account reserve is refused', async () => {
  const subject = functionFrom('export const handler = async () => 1;', { reservedConcurrency: 5 });
  await expect(start([subject], { accountConcurrency: 10 })).rejects.toThrow(
    /subjectFunction: ReservedConcurrentExecutions 5 leaves 5 of the account's concurrency of 10/,
  );
});

test('output goes to the function’s log between START and REPORT, raw lines untouched', async () => {
  const subject = functionFrom(
    'export const handler = async () => { console.log("hello", { a: 1 }); process.stdout.write(\'{"_aws":{}}\\n\'); throw new Error("oops"); };',
  );
  const running = await start([subject]);
  const { requestId } = await running.invoke(subject.arn, {});
  await running.stop();
  const lines = readFileSync(join(logDir, 'subject.log'), 'utf8').trimEnd().split('\n');
  expect(lines[0]).toBe(`START RequestId: ${requestId} Version: $LATEST`);
  expect(lines[1]).toMatch(new RegExp(`^\\S+Z\t${requestId}\tINFO\thello \\{ a: 1 \\}$`));
  expect(lines[2]).toBe('{"_aws":{}}');
  expect(lines[3]).toMatch(/\tERROR\tInvoke Error \{"errorType":"Error","errorMessage":"oops"/);
  expect(lines.at(-2)).toBe(`END RequestId: ${requestId}`);
  expect(lines.at(-1)).toMatch(
    /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms$/,
  );
});

test.each(['logs:CreateLogStream', 'logs:PutLogEvents'])(
  'without %s nothing is logged, and the denial is told',
  async (action) => {
    const subject = functionFrom('export const handler = async () => { console.log("lost"); return 1; };', {
      logGroup: 'group',
    });
    const events: LambdaEvent[] = [];
    const printed = vi.spyOn(console, 'error').mockReturnValue();
    const running = await start([subject], { iam: iamDenying(action), onEvent: (event) => events.push(event) });
    expect(await running.invoke(subject.arn, {})).toMatchObject({ ok: true, payload: 1 });
    await running.stop();
    expect(existsSync(join(logDir, 'subject.log'))).toBe(false);
    expect(printed.mock.calls.flat().join()).toContain(
      `Function subject: its role function-role is not allowed ${action} on `,
    );
    printed.mockRestore();
    expect(events.filter(({ kind }) => kind === 'denied')).toEqual([
      {
        kind: 'denied',
        functionName: 'subject',
        action,
        resource: expect.stringMatching(/^arn:aws:logs:us-east-1:000000000000:log-group:group:log-stream:/),
      },
    ]);
  },
);

test('a role that does not trust Lambda is refused by name', async () => {
  const subject = functionFrom('export const handler = async () => 1;');
  await expect(start([subject], { roles: [{ ...role, trustedServices: ['appsync.amazonaws.com'] }] })).rejects.toThrow(
    /subjectFunction.*FunctionRole cannot be assumed by Lambda/,
  );
});

test('stopping rejects those who wait, and ends every environment', async () => {
  const subject = functionFrom('export const handler = async () => new Promise((r) => setTimeout(r, 60_000));', {
    timeoutSeconds: 90,
  });
  const events: LambdaEvent[] = [];
  const running = await start([subject], { concurrencyPerFunction: 1, onEvent: (event) => events.push(event) });
  const inside = running.invoke(subject.arn, {}, { waitForSlot: true });
  const waiting = running.invoke(subject.arn, {}, { waitForSlot: true });
  const refused = expect(waiting).rejects.toThrow(/stopping/);
  await eventually(() => events.length === 1);
  await running.stop();
  await refused;
  expect(await inside).toMatchObject({ ok: false, errorType: 'Crashed' });
  expect(running.workers()).toEqual([]);
});
