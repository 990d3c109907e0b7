import { Duration, type Stack } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IWidget, LogQueryWidget, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { rejectionCodes } from '../../domain/kernel/rejection.ts';
import type { Config } from '../config.ts';
import { logGroupNameOf } from '../compute/functions.ts';
import * as metrics from './metrics.ts';
import type { Monitored } from './monitoring.ts';
import { QueueGraph } from './queueGraph.ts';
import { deadLetterQueuesOf, type WorkQueue } from '../queues/queues.ts';
import { functionNames } from '../queues/timeouts.ts';

/**
 * A command's path from left to right and top to bottom: API, command queues, command, mediator, execution queues,
 * execute.
 */
export const createDashboard = (stack: Stack, { stackName }: Config, { api, queues, functions }: Monitored): void => {
  const queueGraph = (title: string, metric: typeof metrics.queueDepth, of: Queue[]): IWidget =>
    // Each queue has its construct's name behind the stack's.
    new QueueGraph(
      title,
      metric(queues.mediatorFailures),
      of.map(({ node }) => `${stackName}-${node.id}`),
    );
  const waiting = (title: string, workQueues: WorkQueue[]): IWidget[] => {
    const of = workQueues.map(({ queue }) => queue);
    return [
      queueGraph(`${title}: messages waiting`, metrics.queueDepth, of),
      queueGraph(`${title}: age of the oldest (s)`, metrics.queueAge, of),
    ];
  };
  new Dashboard(stack, 'dashboard', {
    // Dashboards are the account's, whatever the region.
    dashboardName: `${stackName}-${stack.region}`,
    defaultInterval: Duration.hours(3),
    widgets: [
      [
        graph('API: answers', [metrics.apiServerErrors(api), metrics.apiClientErrors(api)]),
        graph('API: latency (ms)', [metrics.apiLatency('p50')(api), metrics.apiLatency('p99')(api)]),
      ],
      waiting('Command queues', queues.command),
      [
        ...working('command', functions.command),
        graph(
          'Rejections by code',
          rejectionCodes.map((code) => metrics.rejections(stackName, code)),
        ),
      ],
      [
        ...working('mediator', functions.mediator),
        graph('mediator: lag (ms)', [metrics.iteratorAge(functions.mediator)]),
      ],
      waiting('Execution queues', queues.execution),
      working('execute', functions.execute),
      [
        graph('Lag: command to event, event to view (ms, p95)', [
          metrics.commandLag(stackName),
          metrics.projectionLag(stackName),
        ]),
        graph('Events stored, events sent, notifications not sent, rows not shown', [
          metrics.counted(stackName, 'command', 'EventsStored'),
          metrics.counted(stackName, 'mediator', 'EventsSent'),
          metrics.counted(stackName, 'execute', 'NotificationsNotSent'),
          metrics.counted(stackName, 'execute', 'RowsNotShown'),
        ]),
      ],
      [...waiting('Recovery queue', [queues.recovery]), ...working('recovery', functions.recovery)],
      working('history', functions.history),
      working('pipeline', functions.pipeline),
      [queueGraph('Dead letters', metrics.queueDepth, deadLetterQueuesOf(queues))],
      [oneCommand(stackName)],
    ],
  });
};

const graph = (title: string, left: Metric[], width = 12): GraphWidget => new GraphWidget({ title, left, width });

const working = (name: string, fn: Function): IWidget[] => [
  graph(`${name}: calls, errors, throttles`, [
    fn.metricInvocations(),
    metrics.functionErrors(fn),
    metrics.functionThrottles(fn),
  ]),
  graph(`${name}: duration (ms)`, [fn.metricDuration({ statistic: 'p50' }), fn.metricDuration({ statistic: 'p99' })]),
];

/** All log lines of commands, over all functions: narrowed down to one command, its journey. */
const oneCommand = (stackName: string): LogQueryWidget =>
  new LogQueryWidget({
    title: 'Commands, step by step. To follow one: open in Logs Insights, add  | filter commandId = "…"',
    width: 24,
    height: 10,
    logGroupNames: functionNames.map((name) => logGroupNameOf(stackName, name)),
    queryLines: [
      'fields @timestamp, service, level, message, commandId, aggregateId',
      'filter ispresent(commandId)',
      'sort @timestamp desc',
      'limit 100',
    ],
  });
