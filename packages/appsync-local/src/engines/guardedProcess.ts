import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface GuardedProcess {
  /** Resolves with the exit code once the process is gone. */
  exited: Promise<number>;
  /** What it wrote so far, the last part of it. */
  output(): string;
  /** Kills it and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * The guard holds the reading end of a pipe whose only writing end is ours. However our process ends, SIGKILL included,
 * the kernel closes that end, `read` returns and the guarded process is killed.
 */
const guard = `
exec 3<&0
"$@" </dev/null 3<&- &
guarded=$!
( while read -r line; do :; done <&3; kill -9 $guarded ) 2>/dev/null &
watcher=$!
exec 3<&-
wait $guarded
status=$?
kill $watcher 2>/dev/null
exit $status
`;

const keptOutput = 8_000;

/** Starts a process that cannot outlive this one. It keeps no state: it is always killed, never asked to end. */
export function startGuarded(command: string, args: string[]): GuardedProcess {
  // A session of its own: Ctrl-C in the terminal reaches us alone, and we end things in the right order.
  const child = spawn('/bin/sh', ['-c', guard, 'guard', command, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (kept = (kept + text).slice(-keptOutput)));
  }
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'exit').then(([code]) => {
    child.stdin.destroy();
    return (code as number | null) ?? 1;
  });
  return {
    exited,
    output: () => kept,
    async stop() {
      child.stdin.destroy();
      await exited;
    },
  };
}
