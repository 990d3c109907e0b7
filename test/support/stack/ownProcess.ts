import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { eventually } from '../clients/client.ts';

/** A stack that runs in a process of its own, as `npm start` runs it, and can be ended and started again. */
export interface OwnProcess {
  /** Its state, kept from run to run. */
  stateDir: string;
  /** Starts it on what earlier runs left; resolves when it is ready. */
  start(port: string, ...more: string[]): Promise<void>;
  end(signal: NodeJS.Signals): Promise<void>;
  /** Ends what runs, and forgets its state. */
  remove(): void;
}

export const ownProcess = (): OwnProcess => {
  const stateDir = mkdtempSync(join(tmpdir(), 'kept-'));
  let running: ChildProcess | undefined;
  return {
    stateDir,
    start: async (port, ...more) => {
      const options = ['--state', stateDir, '--assembly', inject('assemblyDir'), '--port', port, ...more];
      const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts', ...options], {
        // With an engine of its own, which is killed with it.
        env: { ...process.env, DYNAMODB_LOCAL_ENDPOINT: '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running = child;
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
      await eventually('the stack is ready', async () => {
        if (child.exitCode !== null) throw new Error(`the stack ended: ${said}`);
        return /^Ready/m.test(said);
      });
    },
    end: async (signal) => {
      const gone = new Promise((resolve) => running?.once('exit', resolve));
      running?.kill(signal);
      await gone;
    },
    remove: () => {
      running?.kill('SIGKILL');
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
};
