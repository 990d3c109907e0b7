import type { ReportedError } from './protocol.ts';

/** What Lambda reports of anything thrown, be it an Error or not. */
export function reportedError(thrown: unknown): ReportedError {
  if (thrown instanceof Error) {
    return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}
