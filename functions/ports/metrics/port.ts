/** A measurement that is kept over time. */
export interface MetricName {
  namespace: string;
  name: string;
  dimension: { name: string; value: string };
  statistic: string;
}

export interface Metrics {
  /** The latest value of each metric in the last minutes, in order; null where nothing was measured. */
  latest(metrics: MetricName[]): Promise<(number | null)[]>;
}

/** Where nothing is measured: on a machine without CloudWatch. */
export const noMetrics: Metrics = { latest: async (metrics) => metrics.map(() => null) };
