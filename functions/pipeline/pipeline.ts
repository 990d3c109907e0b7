import { queuePairs } from '../../domain/operations.ts';
import type { Pipeline, QueueState, Redrive } from '../../generated/schema.ts';
import { failureQueue } from '../mediator/unsendable.ts';
import type { DeadLetters } from '../ports/deadLetters/port.ts';
import type { MetricName, Metrics } from '../ports/metrics/port.ts';
import type { QueueFactsReader } from '../ports/queueFacts/port.ts';
import { mapBounded } from '../runtime/concurrency.ts';
import { deadLetterQueueOf } from './deadLetters.ts';
import { redriveOf } from './redrive.ts';

export interface PipelinePorts {
  queueFacts: QueueFactsReader;
  deadLetters: DeadLetters;
  metrics: Metrics;
  /** The stack's name: what its own metrics and its queues' names begin with. */
  stackName: string;
  /** Says that something could not be told, which leaves it out of the answer. */
  warn(message: string, error: unknown): void;
}

/** Every queue that a function takes from, on a command's way, and that of recoveries. */
export const workQueues: string[] = [
  ...queuePairs.map(({ commandQueue }) => commandQueue),
  ...queuePairs.map(({ executionQueue }) => executionQueue),
  'recoveryQueue',
];

const concurrentReads = 10;

/** Where commands and events are now: every queue with its dead letters, how long the oldest waits, and the lags. */
export const readPipeline = async (ports: PipelinePorts): Promise<Pipeline> => {
  const { queueFacts } = ports;
  const [states, unforwarded, [commandLag, projectionLag, ...ages]] = await Promise.all([
    mapBounded(workQueues, concurrentReads, async (name): Promise<Omit<QueueState, 'oldestSeconds'>> => {
      const [queue, dead] = await Promise.all([queueFacts.read(name), queueFacts.read(deadLetterQueueOf(name))]);
      const deadLetters = dead.waiting + dead.inFlight;
      return { name, ...queue, deadLetters, redrive: deadLetters > 0 ? await latestRedrive(name, ports) : null };
    }),
    queueFacts.read(failureQueue),
    measured(ports),
  ]);
  const queues: QueueState[] = [
    ...states.map((state, index) => ({ ...state, oldestSeconds: ages[index] ?? null })),
    // Nobody takes from it: all that is in it waits for an operator.
    {
      name: failureQueue,
      waiting: 0,
      inFlight: 0,
      oldestSeconds: null,
      deadLetters: unforwarded.waiting + unforwarded.inFlight,
      redrive: null,
    },
  ];
  return {
    queues,
    commandLag: secondsOf(commandLag),
    projectionLag: secondsOf(projectionLag),
    deadLetters: queues.reduce((sum, { deadLetters }) => sum + deadLetters, 0),
  };
};

const latestRedrive = async (queue: string, { deadLetters, warn }: PipelinePorts): Promise<Redrive | null> => {
  try {
    const move = await deadLetters.latestMove(deadLetterQueueOf(queue));
    return move ? redriveOf(move) : null;
  } catch (error) {
    warn('How far dead letters are brought back could not be read', error);
    return null;
  }
};

/** Both lags, then the age of each queue's oldest message. Without them the rest is still worth an answer. */
const measured = async ({ metrics, stackName, warn }: PipelinePorts): Promise<(number | null)[]> => {
  const lag = (service: string, name: string): MetricName => ({
    namespace: stackName,
    name,
    dimension: { name: 'service', value: service },
    statistic: 'p95',
  });
  const age = (queue: string): MetricName => ({
    namespace: 'AWS/SQS',
    name: 'ApproximateAgeOfOldestMessage',
    dimension: { name: 'QueueName', value: `${stackName}-${queue}` },
    statistic: 'Maximum',
  });
  try {
    return await metrics.latest([
      lag('command', 'CommandAge'),
      lag('execute', 'ProjectionAge'),
      ...workQueues.map(age),
    ]);
  } catch (error) {
    warn('Lags and ages could not be read', error);
    return [];
  }
};

const secondsOf = (milliseconds: number | null | undefined): number | null =>
  milliseconds === null || milliseconds === undefined ? null : milliseconds / 1000;
