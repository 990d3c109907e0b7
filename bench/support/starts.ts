import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { taken } from './cpu.ts';

/** Starts the application as its users do, on free ports, until it is ready, and stops it. */
export const startOf = async (stateDir: string): Promise<{ seconds: number; cpuSeconds: number }> => {
  let child: ChildProcess | undefined;
  try {
    const { clock, engine } = await taken(() => {
      child = spawn('npm', ['start', '--silent', '--', '--port', '0', '--state', stateDir], {
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      return ready(child);
    });
    return { seconds: clock / 1000, cpuSeconds: engine / 1000 };
  } finally {
    if (child) await stopped(child);
  }
};

/** @throws when it ends before it is ready */
const ready = async (child: ChildProcess): Promise<void> => {
  let said = '';
  const ended = once(child, 'exit').then(() => {
    throw new Error(`npm start ended before it was ready:\n${said}`);
  });
  const heard = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/^Ready/m.test(said)) resolve();
    });
  });
  ended.catch(() => undefined);
  await Promise.race([heard, ended]);
};

const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  process.kill(-child.pid, 'SIGINT');
  await gone;
};
