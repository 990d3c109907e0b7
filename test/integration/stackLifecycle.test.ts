import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';

const started: ChildProcess[] = [];
const folders: string[] = [];

afterEach(() => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function stateDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lifecycle-'));
  folders.push(folder);
  return folder;
}

/** Runs `local/start.ts` as `npm start` does, with what was synthesized before. */
const start = (state: string, port: string, environment: NodeJS.ProcessEnv = {}) =>
  startAnew(state, port, environment, ['--assembly', inject('assemblyDir')]);
/** The same, without. */
const startAnew = (state: string, port: string, environment: NodeJS.ProcessEnv = {}, more: string[] = []) =>
  run(process.execPath, ['--import', 'tsx', 'local/start.ts', '--state', state, ...more], {
    PORT: port,
    ...environment,
  });

/** Runs a command and collects what it says. */
function run(command: string, args: string[], environment: NodeJS.ProcessEnv) {
  const child = spawn(command, args, {
    env: { ...process.env, DYNAMODB_LOCAL_ENDPOINT: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const says = async (pattern: RegExp): Promise<void> => {
    await until(
      () => pattern.test(said) || child.exitCode !== null || child.signalCode !== null,
      () => said,
    );
    expect(said).toMatch(pattern);
  };
  return { child, exited, says, said: () => said };
}

async function until(condition: () => boolean, explain: () => string = () => ''): Promise<void> {
  const deadline = Date.now() + 110_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`nothing came of it: ${explain()}`);
    await delay(50);
  }
}

/** The process ids of the descendants of a process, while it lives. */
function descendants(pid: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child!, ...below(child!)]);
  return below(pid);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie is dead, only not yet buried.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the local stack as a process', { timeout: 240_000 }, () => {
  /** Ends a running stack with a signal: nothing of it is left. */
  const stops = async (stack: ReturnType<typeof start>, state: string, signal: NodeJS.Signals): Promise<void> => {
    const outputs = Object.values(
      JSON.parse(readFileSync(join(state, 'outputs.json'), 'utf8')) as Record<
        string,
        { PlaygroundUrl: string; DynamoDBEndpoint: string }
      >,
    )[0];
    const children = descendants(stack.child.pid!);
    expect(children.length).toBeGreaterThan(0);

    stack.child.kill(signal);
    expect(await stack.exited).toBe(0);
    await until(() => !children.some(lives));
    await expect(fetch(outputs!.PlaygroundUrl)).rejects.toThrow();
    await expect(fetch(outputs!.DynamoDBEndpoint)).rejects.toThrow();
    expect(existsSync(join(state, 'outputs.json'))).toBe(false);
  };

  it('refuses the state folder of a running one, runs beside it with another, and stops everything it started on SIGINT and SIGTERM', async () => {
    const [state, other] = [stateDir(), stateDir()];
    const first = start(state, '0');
    await first.says(/^Ready/m);
    const second = start(state, '0');
    expect(await second.exited).toBe(1);
    expect(second.said()).toMatch(/is running at .*--state DIR/);
    expect(existsSync(join(state, 'outputs.json'))).toBe(true);
    const third = start(other, '0');
    await third.says(/^Ready/m);
    await stops(first, state, 'SIGINT');
    await stops(third, other, 'SIGTERM');
  });

  it('leaves no process behind when it is killed outright', async () => {
    const stack = start(stateDir(), '0');
    await stack.says(/^Ready/m);
    const children = descendants(stack.child.pid!);
    expect(children.length).toBeGreaterThan(0);
    stack.child.kill('SIGKILL');
    await until(() => !children.some(lives));
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('leaves no process behind when npm gets %s', async (signal) => {
    const given = ['--state', stateDir(), '--port', '0', '--assembly', inject('assemblyDir')];
    const npm = run('npm', ['start', '--', ...given], {});
    await npm.says(/^Ready/m);
    const children = descendants(npm.child.pid!);
    expect(children.length).toBeGreaterThan(1);
    npm.child.kill(signal);
    await until(() => !children.some(lives));
  });

  it('can be stopped while it starts', async () => {
    const stack = startAnew(stateDir(), '0');
    await stack.says(/synthesizing/);
    const children = descendants(stack.child.pid!);
    stack.child.kill('SIGINT');
    expect(await stack.exited).toBe(0);
    expect(stack.said()).not.toMatch(/^Ready/m);
    await until(() => !children.some(lives));
  });

  it('names a port that is in use and what to do', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    );
    const stack = start(stateDir(), String(port));
    expect(await stack.exited).toBe(1);
    expect(stack.said()).toContain(
      `Port ${port} is in use. Choose another with PORT=<port>, or PORT=0 for any free one.`,
    );
    expect(stack.said()).not.toContain('    at ');
    other.close();
  });

  it('says how to get Java where there is none', async () => {
    const stack = start(stateDir(), '0', { PATH: '', JAVA_HOME: '' });
    expect(await stack.exited).toBe(1);
    expect(stack.said()).toMatch(/needs Java.*17.*DYNAMODB_LOCAL_ENDPOINT/);
  });
});
