import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
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
  /** Of the last five minutes, how many must be above: three, unless one is too many. */
  datapoints: 1 | 3;
}

export const alarmsOf = ({ queues, functions, api }: Monitored): AlarmDefinition[] => {
  const working = [...queues.command, ...queues.execution, queues.recovery];
  const all = Object.values(functions);
  return [
    {
      name: 'deadLetters',
      means: 'Messages could not be handled: find out why, then redrive them.',
      metrics: deadLetterQueuesOf(queues).map((queue) => metrics.queueDepth(queue)),
      threshold: 0,
      datapoints: 3,
    },
    {
      name: 'messagesWait',
      means: 'Messages wait for more than five minutes: nobody takes them, or too slowly.',
      metrics: working.map(({ queue }) => metrics.queueAge(queue)),
      threshold: 300,
      datapoints: 3,
    },
    {
      name: 'functionErrors',
      means: 'A function failed as a whole.',
      metrics: all.map((fn) => metrics.functionErrors(fn)),
      threshold: 0,
      datapoints: 3,
    },
    {
      name: 'functionThrottles',
      means: "Functions are held back: the account's concurrency is used up.",
      metrics: all.map((fn) => metrics.functionThrottles(fn)),
      threshold: 0,
      datapoints: 3,
    },
    {
      name: 'mediatorLag',
      means: 'Events reach their execution queues more than a minute late.',
      metrics: [metrics.iteratorAge(functions.mediator)],
      threshold: 60_000,
      datapoints: 3,
    },
    {
      name: 'apiErrors',
      means: 'The API answered with 5XX.',
      metrics: [metrics.apiServerErrors(api)],
      threshold: 0,
      datapoints: 3,
    },
  ];
};
