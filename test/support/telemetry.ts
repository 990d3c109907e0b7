import type { LogFields, Telemetry } from '../../functions/runtime/telemetry.ts';

/** Telemetry that keeps what it is told. */
export interface RecordedTelemetry extends Telemetry {
  lines: { level: 'info' | 'warn' | 'error'; message: string; fields: LogFields & { error?: Error } }[];
  /** Metric → sum; `name/value` for a dimension's value. */
  counts: Record<string, number>;
  times: Record<string, number[]>;
}

export const recordedTelemetry = (): RecordedTelemetry => {
  const lines: RecordedTelemetry['lines'] = [];
  const counts: Record<string, number> = {};
  const times: Record<string, number[]> = {};
  const add = (name: string, value: number) => {
    counts[name] = (counts[name] ?? 0) + value;
  };
  const line = (level: 'info' | 'warn' | 'error') => (message: string, fields: LogFields & { error?: Error }) => {
    lines.push({ level, message, fields });
  };
  return {
    lines,
    counts,
    times,
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    count: (name, value = 1, dimension) => {
      add(name, value);
      if (dimension) add(`${name}/${dimension.value}`, value);
    },
    milliseconds: (name, value) => {
      (times[name] ??= []).push(value);
    },
    invocation: (_, work) => work(),
  };
};
