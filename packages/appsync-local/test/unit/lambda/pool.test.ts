import { expect, test } from 'vitest';
import type { EnvironmentOutcome, ExecutionEnvironment } from '../../../src/lambda/environment.ts';
import { FunctionPool } from '../../../src/lambda/functionPool.ts';
import type { FunctionModel } from '../../../src/model.ts';

const model: FunctionModel = {
  logicalId: 'fn',
  name: 'fn',
  arn: 'arn',
  roleArn: 'role',
  codeDir: '/',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  timeoutSeconds: 3,
  memoryMb: 128,
  environment: {},
  recursiveLoop: 'Terminate',
};

/** Environments without threads: each invocation ends when the test says so. */
function pool(concurrency: number, idleMs = 60_000) {
  const pending: Array<() => void> = [];
  const terminated: string[] = [];
  let begun = 0;
  const subject = new FunctionPool({
    model,
    concurrency,
    idleMs,
    onEvent: () => undefined,
    start(id) {
      begun += 1;
      let gone: () => void = () => undefined;
      const exited = new Promise<void>((resolve) => {
        gone = resolve;
      });
      const environment = {
        id,
        ready: Promise.resolve({ ok: true, initMs: 1 }),
        exited,
        invoke: () =>
          new Promise<EnvironmentOutcome>((resolve) =>
            pending.push(() => resolve({ kind: 'returned', payload: JSON.stringify(id), memoryMb: 1 })),
          ),
        terminate() {
          terminated.push(id);
          gone();
          return exited;
        },
      };
      return Promise.resolve({ environment: environment as unknown as ExecutionEnvironment, log: () => undefined });
    },
  });
  const settled = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(resolve);
    });
  return { subject, pending, terminated, settled, begun: () => begun };
}

test('who finds no environment free waits for one', async () => {
  const { subject, pending, settled } = pool(1);
  const first = subject.invoke('{}', 'trace');
  const second = subject.invoke('{}', 'trace');
  await settled();
  expect(pending).toHaveLength(1);
  pending.shift()?.();
  expect(await first).toMatchObject({ ok: true, payload: 'fn-1' });
  await settled();
  pending.shift()?.();
  expect(await second).toMatchObject({ ok: true, payload: 'fn-1' });
});

test('no more environments are started than there are invocations, and a warm one is used again', async () => {
  const { subject, pending, settled, begun } = pool(10);
  const three = [1, 2, 3].map(() => subject.invoke('{}', 'trace'));
  await settled();
  expect(begun()).toBe(3);
  pending.splice(0).forEach((finish) => finish());
  await Promise.all(three);
  const again = subject.invoke('{}', 'trace');
  await settled();
  pending.shift()?.();
  await again;
  expect(begun()).toBe(3);
});

test('idle environments are reaped, busy ones are not', async () => {
  const { subject, pending, settled, terminated } = pool(2, -1);
  const done = subject.invoke('{}', 'trace');
  const busy = subject.invoke('{}', 'trace');
  await settled();
  pending.shift()?.();
  await done;
  subject.reapIdle();
  expect(terminated).toEqual(['fn-1']);
  await settled();
  expect(subject.workers()).toEqual([{ id: 'fn-2', functionName: 'fn', busy: true }]);
  pending.shift()?.();
  expect(await busy).toMatchObject({ payload: 'fn-2' });
});
