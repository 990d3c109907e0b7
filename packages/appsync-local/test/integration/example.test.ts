import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readOutputs, type StackOutputs } from 'appsync-local/tokens';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'todo-'));
const [assembly, stateDir] = [join(folder, 'cdk.out'), join(folder, 'state')];
let stack: ChildProcess | undefined;
let outputs: StackOutputs;

/** Runs a command to its end. */
const run = (args: string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });

const command = (...args: string[]) => run(['bin/appsync-local.js', ...args]);

const ask = async (token: string, query: string) => {
  const response = await fetch(outputs.GraphQLUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: token },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as { data: Record<string, unknown> | null; errors?: unknown[] };
};

beforeAll(async () => {
  const synthesis = await run(['--import', 'tsx', 'example/app.ts'], { CDK_OUTDIR: assembly });
  expect(synthesis).toMatchObject({ code: 0 });
  stack = spawn(
    process.execPath,
    ['bin/appsync-local.js', '--assembly', assembly, '--port', '0', '--state', stateDir, '--account', 'auth0|ann'],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await new Promise<void>((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (/^Ready/m.test(said)) resolve();
    };
    stack!.stdout!.on('data', hear);
    stack!.stderr!.on('data', hear);
    stack!.once('exit', (code) => reject(new Error(`The stack ended with ${code}:\n${said}`)));
  });
  outputs = readOutputs(stateDir);
});
afterAll(() => {
  stack?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it('the example answers to a token of its own issuer, and to no other', async () => {
  const { code, stdout } = await command('token', 'todo', '--sub', 'auth0|ann', '--state', stateDir);
  expect(code).toBe(0);
  const token = stdout.trim();
  const added = await ask(token, 'mutation { addTodo(text: "Read the manual") { id text owner } }');
  expect(added).toEqual({ data: { addTodo: { id: expect.any(String), text: 'Read the manual', owner: 'auth0|ann' } } });
  expect(await ask(token, '{ todos { text } }')).toEqual({ data: { todos: [{ text: 'Read the manual' }] } });
  expect((await ask('x.y.z', '{ todos { text } }')).errors).toHaveLength(1);
});

it('the command line says how it is used, and what is wrong', async () => {
  const help = await command('--help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('--assembly DIR');
  for (const [args, words] of [
    [['--port', '4000'], '--assembly is missing'],
    [['--assembly', assembly, '--port', 'x'], '--port x is not a port'],
    [['--assembly', join(folder, 'nothing'), '--port', '0', '--state', join(folder, 'other')], 'nothing'],
    [['token', 'other', '--state', stateDir], 'there are: todo'],
    [['token', 'todo', '--state', join(folder, 'other')], 'No stack is running'],
  ] as const) {
    const { code, stderr } = await command(...args);
    expect([args, code]).toEqual([args, 1]);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/\n\s+at /);
  }
});

it('Ctrl-C ends the stack', async () => {
  const ended = new Promise((resolve) => stack!.once('exit', resolve));
  stack!.kill('SIGINT');
  expect(await ended).toBe(0);
});
