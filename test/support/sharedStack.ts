import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    stateDir: string;
  }
}

/** One running stack, started as `npm start` starts it, for all files that only talk to it. STACK_STATE names one that runs already. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = process.env['STACK_STATE'];
  if (running) {
    project.provide('stateDir', running);
    return async () => {};
  }
  const stateDir = mkdtempSync(join(tmpdir(), 'stack-'));
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts', '--state', stateDir], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heard = await ready(child);
  let stopping = false;
  child.once('exit', (code, signal) => {
    if (!stopping) console.error(`The shared stack ended by itself, with ${signal ?? code}:\n${heard().slice(-5_000)}`);
  });
  readFileSync(join(stateDir, 'outputs.json'));
  project.provide('stateDir', stateDir);
  return async () => {
    stopping = true;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await gone;
    rmSync(stateDir, { recursive: true, force: true });
  };
}

/** Resolves when the stack serves; gives what it has said so far. */
const ready = (child: ChildProcess): Promise<() => string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      if (/^Ready/m.test(said)) resolve(() => said);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`The stack ended with ${code} before it was ready:\n${said}`)));
  });
