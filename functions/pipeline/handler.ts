import type { Context } from 'aws-lambda';
import type { Pipeline } from '../../generated/schema.ts';
import { cloudWatch } from '../ports/metrics/cloudwatch.ts';
import { noMetrics } from '../ports/metrics/port.ts';
import { sqsQueueFacts } from '../ports/queueFacts/sqs.ts';
import { createSqsClient } from '../runtime/clients/sqs.ts';
import { errorOf } from '../runtime/concurrency.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { createTelemetry } from '../runtime/telemetry.ts';
import { readPipeline, type PipelinePorts } from './pipeline.ts';

const environment = readEnvironment(['QUEUE_URL_PREFIX']);
const telemetry = createTelemetry();
const sqs = createSqsClient();

const ports: PipelinePorts = {
  queueFacts: sqsQueueFacts(sqs, environment.QUEUE_URL_PREFIX),
  // A machine that stands in for AWS's queues has no CloudWatch.
  metrics: process.env['AWS_ENDPOINT_URL_SQS']
    ? noMetrics
    : cloudWatch(`https://monitoring.${process.env['AWS_REGION']}.amazonaws.com/`, sqs.config),
  stackName: process.env['POWERTOOLS_METRICS_NAMESPACE'] ?? '',
  warn: (message, error) => telemetry.warn(message, { error: errorOf(error) }),
};

/** Called by the API for the operator's query. */
export const handler = (_question: unknown, context: Context): Promise<Pipeline> =>
  telemetry.invocation(context, () => readPipeline(ports));
