import { Duration, type Stack } from 'aws-cdk-lib';
import { type CfnQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { queuePairs } from '../../domain/operations.ts';
import { mostDeliveries } from '../../functions/runtime/redeliveries.ts';
import type { Config } from '../config.ts';
import { isKept, removalPolicy } from '../storage/lifetime.ts';
import { timeouts } from './timeouts.ts';

/** A queue and where its messages go that were received in vain, time after time. */
export interface WorkQueue {
  /** Logical name, such as `createUserQueue`. */
  name: string;
  queue: Queue;
  deadLetterQueue: Queue;
}

export interface Queues {
  /** Per operation with queues of its own: `createUserQueue` … */
  command: WorkQueue[];
  /** Likewise: `executeCreateUserQueue` … */
  execution: WorkQueue[];
  /** The steps of recoveries. */
  recovery: WorkQueue;
  /**
   * Of items that the mediator can never forward, their keys; of stretches of the stream that it gave up on, where they
   * are.
   */
  mediatorFailures: Queue;
  /**
   * What the ARNs of all queues with a consumer look like, and those of their dead-letter queues: a role's policies
   * have an end, 10,240 characters.
   */
  patterns: { work: string; deadLetters: string };
}

export const createQueues = (stack: Stack, config: Config): Queues => {
  const secured = { encryption: QueueEncryption.SQS_MANAGED, removalPolicy: removalPolicy(config) };
  const createQueue = (name: string, props: QueueProps = {}): Queue => {
    const queue = new Queue(stack, name, {
      ...secured,
      queueName: `${config.stackName}-${name}`,
      retentionPeriod: Duration.days(14),
      ...props,
    });
    // What is the default is not said of a hundred queues: the template has a budget.
    const { cfnOptions } = queue.node.defaultChild as CfnQueue;
    if (!isKept(config)) cfnOptions.updateReplacePolicy = undefined;
    return queue;
  };

  // A call that Lambda turns away for want of concurrency counts as a receipt too: ten leave a burst the time to pass.
  const workQueue = (name: string, consumerTimeout: Duration): WorkQueue => {
    const deadLetterQueue = createQueue(`${name}Dlq`);
    const queue = createQueue(name, {
      // Six times, as Lambda advises: a throttled batch is polled again and again within it.
      visibilityTimeout: Duration.seconds(6 * consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: mostDeliveries },
    });
    return { name, queue, deadLetterQueue };
  };

  const like = (name: string): string => stack.formatArn({ service: 'sqs', resource: `${config.stackName}-${name}` });

  return {
    command: queuePairs.map(({ commandQueue }) => workQueue(commandQueue, timeouts.command)),
    execution: queuePairs.map(({ executionQueue }) => workQueue(executionQueue, timeouts.execute)),
    recovery: workQueue('recoveryQueue', timeouts.recovery),
    mediatorFailures: createQueue('mediatorFailureQueue'),
    patterns: { work: like('*Queue'), deadLetters: like('*QueueDlq') },
  };
};

/** Every queue that a function takes from. */
export const workQueuesOf = ({ command, execution, recovery }: Queues): WorkQueue[] => [
  ...command,
  ...execution,
  recovery,
];

/** Every queue whose messages wait for an operator. */
export const deadLetterQueuesOf = (queues: Queues): Queue[] => [
  ...workQueuesOf(queues).map(({ deadLetterQueue }) => deadLetterQueue),
  queues.mediatorFailures,
];

/** Prefix of every queue's URL: what follows is the queue's logical name. */
export const queueUrlPrefix = ({ region, account }: Stack, stackName: string): string =>
  `https://sqs.${region}.amazonaws.com/${account}/${stackName}-`;
