import { Duration } from 'aws-cdk-lib';
import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { RejectionCode } from '../../domain/kernel/rejection.ts';
import type { FunctionName } from '../queues/timeouts.ts';

const minute = Duration.minutes(1);
const fiveMinutes = Duration.minutes(5);

const queueMetric =
  (metricName: string, period: Duration) =>
  (queue: Queue): Metric =>
    new Metric({
      namespace: 'AWS/SQS',
      metricName,
      // As it is, not as a reference, which takes longer to write.
      dimensionsMap: { QueueName: (queue.node.defaultChild as CfnQueue).queueName ?? queue.queueName },
      statistic: Stats.MAXIMUM,
      period,
    });

/** A count or a time that a function writes itself (functions/runtime/telemetry.ts). */
const ownMetric = (
  namespace: string,
  service: FunctionName,
  metricName: string,
  statistic: string,
  period = minute,
): Metric => new Metric({ namespace, metricName, dimensionsMap: { service }, statistic, period, label: metricName });

/** How many of something a function counted in a while. */
export const counted = (stackName: string, service: FunctionName, metricName: string, period = minute): Metric =>
  ownMetric(stackName, service, metricName, Stats.SUM, period);

/** Milliseconds from the command's receipt to its decision; of twenty commands, nineteen were faster. */
export const commandLag = (stackName: string): Metric => ownMetric(stackName, 'command', 'CommandAge', 'p95');
/** Milliseconds from the event to its view, likewise. */
export const projectionLag = (stackName: string): Metric => ownMetric(stackName, 'execute', 'ProjectionAge', 'p95');

/** Messages that wait. */
export const queueDepth = queueMetric('ApproximateNumberOfMessagesVisible', minute);
/** How long the oldest message has been waiting; seconds. */
export const queueAge = queueMetric('ApproximateAgeOfOldestMessage', minute);

export const functionErrors = (fn: Function): Metric => fn.metricErrors({ period: minute, statistic: Stats.SUM });
export const functionThrottles = (fn: Function): Metric => fn.metricThrottles({ period: minute, statistic: Stats.SUM });
/** How far the stream's reader is behind; milliseconds. */
export const iteratorAge = (fn: Function): Metric =>
  fn.metric('IteratorAge', { period: minute, statistic: Stats.MAXIMUM });

const apiMetric =
  (metricName: string, statistic: string) =>
  ({ attrApiId }: CfnGraphQLApi): Metric =>
    new Metric({
      namespace: 'AWS/AppSync',
      metricName,
      dimensionsMap: { GraphQLAPIId: attrApiId },
      statistic,
      period: minute,
    });

export const apiServerErrors = apiMetric('5XXError', Stats.SUM);
export const apiClientErrors = apiMetric('4XXError', Stats.SUM);
/** Milliseconds from request to answer. */
export const apiLatency = (statistic: string) => apiMetric('Latency', statistic);

/**
 * Commands that were not applied, by code: what the command function counts itself (functions/runtime/telemetry.ts).
 */
export const rejections = (stackName: string, code: RejectionCode): Metric =>
  new Metric({
    namespace: stackName,
    metricName: 'CommandsRejected',
    dimensionsMap: { service: 'command', code },
    statistic: Stats.SUM,
    period: fiveMinutes,
    label: code,
  });
