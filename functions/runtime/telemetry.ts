import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** What a log line says beside its message; `error` is written out with its stack. */
export type LogFields = Record<string, unknown>;

/** Structured logs and metrics of one function. */
export interface Telemetry {
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields & { error: Error }): void;
  /** Counts something that happened; with a dimension, once in all and once by the dimension's value. */
  count(name: string, value?: number, dimension?: { name: string; value: string }): void;
  /** Records how long something took, or how old it is. */
  milliseconds(name: string, value: number): void;
  /** Writes the metrics out; at the end of every invocation. */
  flush(): void;
}

/**
 * Logs as JSON lines, metrics in CloudWatch's embedded format: no calls, only lines on standard output.
 * Service, namespace and level come from the environment (POWERTOOLS_…).
 */
export const createTelemetry = (): Telemetry => {
  const logger = new Logger();
  const metrics = new Metrics();
  let pending = 0;
  return {
    info: (message, fields) => logger.info(message, fields),
    warn: (message, fields) => logger.warn(message, fields),
    error: (message, fields) => logger.error(message, fields),
    count: (name, value = 1, dimension) => {
      metrics.addMetric(name, MetricUnit.Count, value);
      pending += 1;
      if (dimension)
        metrics.singleMetric().addDimension(dimension.name, dimension.value).addMetric(name, MetricUnit.Count, value);
    },
    milliseconds: (name, value) => {
      metrics.addMetric(name, MetricUnit.Milliseconds, value);
      pending += 1;
    },
    flush: () => {
      if (pending > 0) metrics.publishStoredMetrics();
      pending = 0;
    },
  };
};
