import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import * as metrics from './metrics.ts';
import type { Monitored } from './monitoring.ts';
import { deadLetterQueuesOf } from '../queues/queues.ts';

/** Something that an operator must act on. docs/operating.md has a section of the same name. */
export interface AlarmDefinition {
  name: string;
  /** What it means, in one sentence. */
  means: string;
  /** The highest of them counts. */
  metrics: IMetric[];
  /** Above it, something is wrong. */
  threshold: number;
  /** How many of how many periods must be above; if left out, three of five: one bad minute wakes nobody up. */
  datapoints?: { above: number; of: number };
}

/** Where a single occurrence is one too many. */
const atOnce = { above: 1, of: 1 };
const day = 24 * 3600;

export const alarmsOf = (stackName: string, monitored: Monitored): AlarmDefinition[] => [
  ...queueAlarms(monitored),
  ...functionAlarms(stackName, monitored),
  ...eventAlarms(stackName, monitored),
];

const queueAlarms = ({ queues }: Monitored): AlarmDefinition[] => {
  const working = [...queues.command, ...queues.execution, queues.recovery];
  const deadLetters = deadLetterQueuesOf(queues);
  return [
    {
      name: 'deadLetters',
      means: 'Messages could not be handled: find out why, then redrive them.',
      metrics: deadLetters.map((queue) => metrics.queueDepth(queue)),
      threshold: 0,
    },
    {
      name: 'deadLettersAge',
      means: 'A dead letter is older than seven days: after fourteen it is gone.',
      metrics: deadLetters.map((queue) => metrics.queueAge(queue)),
      threshold: 7 * day,
    },
    {
      name: 'messagesWait',
      means: 'Messages wait for more than five minutes: nobody takes them, or too slowly.',
      metrics: working.map(({ queue }) => metrics.queueAge(queue)),
      threshold: 300,
    },
  ];
};

const functionAlarms = (stackName: string, { functions, api }: Monitored): AlarmDefinition[] => {
  const all = Object.values(functions);
  return [
    {
      name: 'functionErrors',
      means: 'A function failed as a whole.',
      metrics: all.map((fn) => metrics.functionErrors(fn)),
      threshold: 0,
    },
    {
      name: 'functionThrottles',
      means: "Functions are held back: the account's concurrency is used up.",
      metrics: all.map((fn) => metrics.functionThrottles(fn)),
      threshold: 0,
    },
    {
      name: 'apiErrors',
      means: 'The API answered with 5XX.',
      metrics: [metrics.apiServerErrors(api)],
      threshold: 0,
    },
    {
      name: 'notificationsNotSent',
      means: 'Subscribers were not told of changes and outcomes; they can still ask for them.',
      metrics: (['execute', 'command', 'recovery'] as const).map((name) =>
        metrics.counted(stackName, name, 'NotificationsNotSent'),
      ),
      threshold: 0,
    },
    {
      name: 'rowsNotShown',
      means: 'Something stored cannot be shown, and is passed by: it needs a correction.',
      metrics: [metrics.counted(stackName, 'execute', 'RowsNotShown')],
      threshold: 0,
      datapoints: atOnce,
    },
    {
      name: 'recoveryFailed',
      means: 'A recovery ended FAILED: some rows are not what their events say.',
      metrics: [metrics.counted(stackName, 'recovery', 'RecoveriesFailed')],
      threshold: 0,
      datapoints: atOnce,
    },
  ];
};

const eventAlarms = (stackName: string, { functions }: Monitored): AlarmDefinition[] => [
  {
    name: 'commandLag',
    means: 'Commands are decided more than a minute after they were sent.',
    metrics: [metrics.commandLag(stackName)],
    threshold: 60_000,
  },
  {
    name: 'projectionLag',
    means: 'Views show events more than a minute late.',
    metrics: [metrics.projectionLag(stackName)],
    threshold: 60_000,
  },
  {
    name: 'mediatorLag',
    means: 'Events reach their execution queues more than a minute late.',
    metrics: [metrics.iteratorAge(functions.mediator)],
    threshold: 60_000,
  },
  {
    name: 'eventsNotSent',
    means: 'The mediator cannot hand events on to their execution queues.',
    metrics: [metrics.counted(stackName, 'mediator', 'EventsNotSent')],
    threshold: 0,
  },
  {
    name: 'streamStopped',
    means: 'Events are stored and none is handed on: nobody reads the stream.',
    metrics: [unsent(stackName, Duration.minutes(5))],
    threshold: 0,
  },
  // Where events are few, five minutes with one are rare; and one alone may be on its way at any minute's end.
  {
    name: 'streamStoppedUnnoticed',
    means: 'In six hours, fewer than half of the stored events were handed on: nobody reads the stream.',
    metrics: [unsent(stackName, Duration.hours(6))],
    threshold: 0,
    datapoints: atOnce,
  },
  {
    name: 'eventsTampered',
    means: 'An item of the event store was changed or removed; events never are.',
    metrics: [metrics.counted(stackName, 'mediator', 'EventsTampered')],
    threshold: 0,
    datapoints: atOnce,
  },
];

/**
 * 1 if fewer than half of the events that were stored were sent on. A repeat is sent twice, so there may be more of
 * these.
 */
const unsent = (stackName: string, period: Duration): IMetric =>
  new MathExpression({
    expression: 'IF(FILL(sent, 0) * 2 < FILL(stored, 0), 1, 0)',
    usingMetrics: {
      stored: metrics.counted(stackName, 'command', 'EventsStored', period),
      sent: metrics.counted(stackName, 'mediator', 'EventsSent', period),
    },
    period,
    label: 'unsent',
  });
