import { errorOf } from './concurrency.ts';
import { Failure, saidOf } from './failure.ts';

/**
 * All that a log line may say beside its message and an error: names, ids, numbers. Never the value of an attribute.
 */
const loggable = [
  'messageId',
  'sequenceNumber',
  'deliveries',
  'commandId',
  'actor',
  'operation',
  'aggregate',
  'aggregateId',
  'streamId',
  'version',
  'rowVersion',
  'eventId',
  'eventName',
  'queue',
  'status',
  'code',
  'how',
  'recoveryId',
  'chunkId',
  'step',
  'streams',
  'changed',
  'failed',
  'query',
] as const;

/** What a log line says beside its message. */
export type LogFields = Partial<Record<(typeof loggable)[number], unknown>>;

type Level = 'INFO' | 'WARN' | 'ERROR';
type Unit = 'Count' | 'Milliseconds';

/** Structured logs and metrics of one function. */
export interface Telemetry {
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields & { error?: Error }): void;
  error(message: string, fields: LogFields & { error: Error }): void;
  /** Counts something that happened; with a dimension, once in all and once by the dimension's value. */
  count(name: string, value?: number, dimension?: { name: string; value: string }): void;
  /** Records how long something took, or how old it is. */
  milliseconds(name: string, value: number): void;
  /**
   * Runs one invocation: each of its lines says the request's id, and its metrics are written out whatever happens.
   * @throws Failure when the work throws: what it threw stands in the log, as far as it may
   */
  invocation<Result>(context: { awsRequestId: string }, work: () => Promise<Result>): Promise<Result>;
}

/** Longest text of a field; ids are far shorter. */
const longestText = 300;

const scalar = (value: unknown): string | number | boolean | undefined => {
  if (typeof value === 'string') return value.slice(0, longestText);
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
};

/** The fields that may stand in the log, of whatever was given. */
const allowed = (fields: LogFields): LogFields =>
  Object.fromEntries(loggable.map((name) => [name, scalar(fields[name])]));

/** CloudWatch takes so many values of one metric in one line. */
const mostValues = 100;

/**
 * Logs as JSON lines, metrics in CloudWatch's embedded format: no calls, only lines on standard output.
 * @param write takes one line
 */
export const createTelemetry = (
  write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
  {
    POWERTOOLS_SERVICE_NAME: service = 'function',
    POWERTOOLS_METRICS_NAMESPACE: namespace = 'UserManagement',
  }: NodeJS.ProcessEnv = process.env,
): Telemetry => {
  const collected = new Map<string, { unit: Unit; values: number[] }>();
  let requestId: string | undefined;

  const log = (level: Level, message: string, fields: LogFields & { error?: Error }): void =>
    write(
      JSON.stringify({
        level,
        message,
        timestamp: new Date().toISOString(),
        service,
        requestId,
        ...allowed(fields),
        ...(fields.error && { error: saidOf(fields.error) }),
      }),
    );

  const emit = (metrics: { name: string; unit: Unit; values: number[] }[], dimensions: Record<string, string>): void =>
    write(
      JSON.stringify({
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [
            {
              Namespace: namespace,
              Dimensions: [Object.keys(dimensions)],
              Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
            },
          ],
        },
        ...dimensions,
        ...Object.fromEntries(metrics.map(({ name, values }) => [name, values.length === 1 ? values[0] : values])),
      }),
    );

  const collect = (name: string, unit: Unit, value: number): void => {
    const known = collected.get(name);
    if (!known) collected.set(name, { unit, values: [value] });
    else if (unit === 'Count') known.values[0]! += value;
    else known.values.push(value);
    if ((known?.values.length ?? 0) >= mostValues) flush();
  };

  const flush = (): void => {
    if (collected.size > 0)
      emit(
        [...collected].map(([name, metric]) => ({ name, ...metric })),
        { service },
      );
    collected.clear();
  };

  return {
    info: (message, fields) => log('INFO', message, fields),
    warn: (message, fields) => log('WARN', message, fields),
    error: (message, fields) => log('ERROR', message, fields),
    count: (name, value = 1, dimension) => {
      collect(name, 'Count', value);
      if (dimension) emit([{ name, unit: 'Count', values: [value] }], { service, [dimension.name]: dimension.value });
    },
    milliseconds: (name, value) => collect(name, 'Milliseconds', value),
    invocation: async (context, work) => {
      requestId = context.awsRequestId;
      try {
        return await work();
      } catch (thrown) {
        log('ERROR', 'The invocation failed', { error: errorOf(thrown) });
        throw new Failure('The invocation failed; the log says why');
      } finally {
        flush();
        requestId = undefined;
      }
    },
  };
};
