import { randomUUID } from 'node:crypto';
import { SqsError } from './error.ts';
import { numberOf, textOf, type Body } from './input.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

interface MoveTask {
  id: string;
  source: Queue;
  destinationArn: string | undefined;
  perSecond: number | undefined;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  reason?: string;
  moved: number;
  toMove: number;
  started: number;
  timer?: NodeJS.Timeout;
}

export interface MoveTasksOptions {
  queueOf: (arn: string) => Queue | undefined;
  isDeadLetterQueue: (arn: string) => boolean;
  flush: () => void;
}

/** SQS moves at most this many a second. */
const greatestRate = 500;
const stepMs = 50;
const keptPerQueue = 10;

/**
 * `StartMessageMoveTask` and its brothers: dead letters go back to where they came from, or to another queue, as new
 * messages.
 */
export class MoveTasks {
  readonly #tasks: MoveTask[] = [];

  constructor(readonly options: MoveTasksOptions) {}

  start(input: Body): Body {
    const source = this.#source(input);
    const destinationArn = input['DestinationArn'] === undefined ? undefined : String(input['DestinationArn']);
    if (!this.options.isDeadLetterQueue(source.arn))
      throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
    if (destinationArn !== undefined) this.#queue(destinationArn);
    if (this.#tasks.some((task) => task.source === source && task.status === 'RUNNING'))
      throw new SqsError(
        'UnsupportedOperation',
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    const task: MoveTask = {
      id: randomUUID(),
      source,
      destinationArn,
      perSecond: numberOf(input, 'MaxNumberOfMessagesPerSecond', 1, greatestRate),
      status: 'RUNNING',
      moved: 0,
      toMove: source.counts.visible,
      started: Date.now(),
    };
    this.#tasks.unshift(task);
    task.timer = setTimeout(() => this.#step(task), 0);
    return { TaskHandle: handleOf(task) };
  }

  list(input: Body): Body {
    const source = this.#source(input);
    const most = numberOf(input, 'MaxResults', 1, keptPerQueue) ?? 1;
    const tasks = this.#tasks.filter((task) => task.source === source).slice(0, most);
    return { Results: tasks.map(describe) };
  }

  cancel(input: Body): Body {
    const handle = textOf(input, 'TaskHandle');
    const task = this.#tasks.find((one) => handleOf(one) === handle);
    if (!task) throw new SqsError('ResourceNotFoundException', 'Task does not exist.');
    if (task.status !== 'RUNNING') throw new SqsError('UnsupportedOperation', `Task is ${task.status}.`);
    task.status = 'CANCELLED';
    clearTimeout(task.timer);
    return { ApproximateNumberOfMessagesMoved: task.moved };
  }

  stop(): void {
    for (const { timer } of this.#tasks) clearTimeout(timer);
  }

  #step(task: MoveTask): void {
    const share = Math.max(1, Math.round(((task.perSecond ?? greatestRate) * stepMs) / 1_000));
    const most = Math.min(share, task.toMove - task.moved);
    const messages = task.source.moveOut(most);
    for (const message of messages) this.#move(message, task);
    this.options.flush();
    if (task.status !== 'RUNNING') return;
    // What comes while the task runs is not its own, and what somebody has cannot be moved.
    if (messages.length < most || task.moved >= task.toMove) task.status = 'COMPLETED';
    else task.timer = setTimeout(() => this.#step(task), (share * 1_000) / (task.perSecond ?? greatestRate));
  }

  #move(message: Message, task: MoveTask): void {
    const target = this.options.queueOf(task.destinationArn ?? message.deadLetterOf ?? '');
    if (!target) {
      task.source.put(message);
      task.status = 'FAILED';
      task.reason = 'AWS.SimpleQueueService.NonExistentQueue';
      return;
    }
    const { deadLetterOf: _, firstReceivedAt: __, ...rest } = message;
    target.put({ ...rest, id: randomUUID(), sentAt: Date.now(), receives: 0, visibleAt: 0 });
    task.moved += 1;
  }

  #source(input: Body): Queue {
    return this.#queue(textOf(input, 'SourceArn'));
  }

  #queue(arn: string): Queue {
    const queue = this.options.queueOf(arn);
    if (!queue)
      throw new SqsError(
        'ResourceNotFoundException',
        "The resource that you specified for the SourceArn parameter doesn't exist.",
      );
    return queue;
  }
}

/** The handle tells which queue it is about, for whoever checks permissions. */
const handleOf = ({ id, source }: MoveTask): string =>
  Buffer.from(JSON.stringify({ taskId: id, sourceArn: source.arn })).toString('base64');

export function sourceOfTask(handle: string): string {
  try {
    return String((JSON.parse(Buffer.from(handle, 'base64').toString()) as { sourceArn?: string }).sourceArn);
  } catch {
    return '*';
  }
}

const describe = (task: MoveTask): Body => ({
  ...(task.status === 'RUNNING' && { TaskHandle: handleOf(task) }),
  Status: task.status,
  SourceArn: task.source.arn,
  ...(task.destinationArn !== undefined && { DestinationArn: task.destinationArn }),
  ...(task.perSecond !== undefined && { MaxNumberOfMessagesPerSecond: task.perSecond }),
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  ...(task.reason !== undefined && { FailureReason: task.reason }),
  StartedTimestamp: task.started,
});
