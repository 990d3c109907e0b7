import { format } from 'node:util';

const levels = { log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR', debug: 'DEBUG', trace: 'TRACE' } as const;

/**
 * Sends what the function prints to `emit` at once. A worker's own stdout goes through its event loop,
 * which stands still between invocations: the last lines would be held back or lost.
 * `console` writes as on Lambda: time, request id, level, message; `process.stdout` is passed on untouched.
 */
export function captureOutput(emit: (text: string) => void, currentRequestId: () => string): void {
  const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    emit(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;

  for (const [method, level] of Object.entries(levels)) {
    console[method as keyof typeof levels] = (...values: unknown[]) => {
      emit(`${new Date().toISOString()}\t${currentRequestId() || 'undefined'}\t${level}\t${format(...values)}\n`);
    };
  }
}
