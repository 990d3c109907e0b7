import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { assembly } from './assembly.ts';

declare module 'vitest' {
  interface ProvidedContext {
    stateDir: string;
  }
}

/**
 * One running stack, started as `npm start -- --memory` starts it, for all files that only talk to it. STACK_STATE
 * names one that runs already. What comes first need not wait for it: `sharedStackStands.ts` does, before the first
 * file that does.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = process.env['STACK_STATE'];
  if (running) {
    project.provide('stateDir', running);
    return async () => {};
  }
  const { thing: assemblyDir, release } = await assembly();
  const stateDir = mkdtempSync(join(tmpdir(), 'stack-'));
  const { DYNAMODB_LOCAL_ENDPOINT: _, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'local/start.ts', '--memory', '--state', stateDir, '--assembly', assemblyDir, '--port', '0'],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  project.provide('stateDir', stateDir);
  const heard = listen(child);
  let stopping = false;
  child.once('exit', (code, signal) => {
    if (!stopping) console.error(`The shared stack ended by itself, with ${signal ?? code}:\n${heard().slice(-5_000)}`);
  });
  return async () => {
    stopping = true;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.kill('SIGINT')) await gone;
    rmSync(stateDir, { recursive: true, force: true });
    await release();
  };
}

/** Gives what a stack has said so far. */
const listen = (child: ChildProcess): (() => string) => {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-100_000)));
  return () => said;
};
