import { settingsOf, withDefaults, type QueueAttributes } from './attributes.ts';
import { eachOf } from './batch.ts';
import { invalidValue, SqsError } from './error.ts';
import { asksFor, textOf, type Body } from './input.ts';
import { FileJournal, noJournal, type Journal } from './journal.ts';
import { changeVisibility, checkBatchSize, receive, remove, send, type KnownQueue } from './messages.ts';
import { MoveTasks } from './moveTasks.ts';
import { Queue } from './queue.ts';
import type { QueueModel } from '../../model.ts';

export { SqsError } from './error.ts';

export interface SqsOptions {
  /** What queues' URLs begin with, e.g. the gateway's. */
  url: string;
  region: string;
  accountId: string;
  /** Where messages are kept; in memory alone if left out. */
  file?: string;
}

/** What the engine is told of a caller besides the request. */
export interface SqsCaller {
  /** Aborts a long poll: it then takes nothing. */
  signal?: AbortSignal;
  /** `X-Amzn-Trace-Id`: a message carries it on. */
  trace?: string;
}

const expireMs = 60_000;

interface Known extends KnownQueue {
  created: number;
  tags: Record<string, string>;
}

type Operation = (input: Body, caller: SqsCaller) => Body | Promise<Body>;

/** The queue engine: SQS's standard queues, in this process. */
export class SqsEngine {
  readonly #options: SqsOptions;
  readonly #queues = new Map<string, Known>();
  readonly #journal: Journal;
  readonly #kept: FileJournal | undefined;
  readonly #moves: MoveTasks;
  readonly #expiry: NodeJS.Timeout;
  /** Most seconds for which a consumer may send a message away. */
  #longestAway = Infinity;
  #stopped = false;

  constructor(options: SqsOptions) {
    this.#options = options;
    this.#kept = options.file === undefined ? undefined : new FileJournal(options.file);
    this.#journal = this.#kept ?? noJournal;
    this.#moves = new MoveTasks({
      queueOf: (arn) => this.#byArn(arn),
      isDeadLetterQueue: (arn) => this.#sourcesOf(arn).length > 0,
      flush: () => this.#journal.flush(),
    });
    this.#expiry = setInterval(() => {
      for (const { queue } of this.#queues.values()) queue.expire();
      this.#journal.flush();
    }, expireMs).unref();
  }

  /**
   * Does what a request of the JSON protocol asks for. What has been done is kept when the answer is there.
   *
   * @throws SqsError
   */
  async call(operation: string, input: Body, caller: SqsCaller = {}): Promise<Body> {
    const work = Object.hasOwn(this.#operations, operation) ? this.#operations[operation] : undefined;
    if (!work) throw new SqsError('UnsupportedOperation', `The local stack does not serve ${operation} of SQS.`);
    // What is acknowledged now would be kept nowhere.
    if (this.#stopped) throw new SqsError('ServiceUnavailable', 'The local stack is stopping.');
    try {
      return await work(input, caller);
    } finally {
      this.#journal.flush();
    }
  }

  queueUrl(name: string): string {
    return `${this.#options.url}/${this.#options.accountId}/${name}`;
  }

  /**
   * Creates the template's queues, each with the messages that an earlier run left in it.
   *
   * @param overrides a visibility time-out in place of the template's, and no message goes away for longer
   * @returns the queues that an earlier run left messages in and that are no more, with how many
   */
  async createQueues(
    queues: readonly QueueModel[],
    overrides: { visibilityTimeoutSeconds?: number } = {},
  ): Promise<{ queue: string; messages: number }[]> {
    const { visibilityTimeoutSeconds: seconds } = overrides;
    this.#longestAway = seconds ?? Infinity;
    for (const { logicalId, name, attributes } of queues) {
      try {
        this.#create(name, { ...attributes, ...(seconds === undefined ? {} : { VisibilityTimeout: String(seconds) }) });
      } catch (error) {
        throw new Error(`the queue ${logicalId} cannot be created: ${(error as Error).message}`, { cause: error });
      }
    }
    const gone = (this.#kept?.queues() ?? []).filter((name) => !this.#queues.has(name));
    return gone.map((queue) => {
      const messages = this.#kept?.messages(queue).length ?? 0;
      this.#kept?.drop(queue);
      return { queue, messages };
    });
  }

  /** Ends with the pending long polls answered, empty. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#expiry);
    this.#moves.stop();
    for (const { queue } of this.#queues.values()) queue.close();
    this.#journal.close();
  }

  readonly #operations: Record<string, Operation> = {
    CreateQueue: (input) => {
      const name = textOf(input, 'QueueName');
      const known = this.#create(name, (input['Attributes'] ?? {}) as QueueAttributes);
      Object.assign(known.tags, input['tags']);
      return { QueueUrl: this.queueUrl(name) };
    },
    DeleteQueue: (input) => {
      const { queue } = this.#find(input);
      queue.purge();
      queue.close();
      this.#queues.delete(queue.name);
      return {};
    },
    GetQueueUrl: (input) => ({ QueueUrl: this.queueUrl(this.#named(textOf(input, 'QueueName')).queue.name) }),
    ListQueues: (input) => {
      const names = [...this.#queues.keys()].filter((name) => name.startsWith(String(input['QueueNamePrefix'] ?? '')));
      return { QueueUrls: names.sort().map((name) => this.queueUrl(name)) };
    },
    GetQueueAttributes: (input) => {
      const all = Object.entries(this.#attributesOf(this.#find(input)));
      return { Attributes: Object.fromEntries(all.filter(([name]) => asksFor(input['AttributeNames'], name))) };
    },
    SetQueueAttributes: (input) => {
      const known = this.#find(input);
      known.attributes = withDefaults({ ...known.attributes, ...(input['Attributes'] as QueueAttributes) });
      Object.assign(known.queue.settings, { redrive: undefined }, this.#settings(known.attributes));
      return {};
    },
    PurgeQueue: (input) => {
      this.#find(input).queue.purge();
      return {};
    },
    SendMessage: (input, { trace }) => send(this.#find(input), input, { sender: this.#options.accountId, trace }),
    SendMessageBatch: (input, { trace }) => {
      const known = this.#find(input);
      checkBatchSize((input['Entries'] ?? []) as Body[]);
      return eachOf(input['Entries'], (entry) => send(known, entry, { sender: this.#options.accountId, trace }));
    },
    ReceiveMessage: (input, { signal }) => receive(this.#find(input), input, signal),
    DeleteMessage: (input) => remove(this.#find(input), input),
    DeleteMessageBatch: (input) => {
      const known = this.#find(input);
      return eachOf(input['Entries'], (entry) => remove(known, entry));
    },
    ChangeMessageVisibility: (input) => changeVisibility(this.#find(input), input, this.#longestAway),
    ChangeMessageVisibilityBatch: (input) => {
      const known = this.#find(input);
      return eachOf(input['Entries'], (entry) => changeVisibility(known, entry, this.#longestAway));
    },
    ListDeadLetterSourceQueues: (input) => ({
      queueUrls: this.#sourcesOf(this.#find(input).queue.arn).map(({ queue }) => this.queueUrl(queue.name)),
    }),
    StartMessageMoveTask: (input) => this.#moves.start(input),
    ListMessageMoveTasks: (input) => this.#moves.list(input),
    CancelMessageMoveTask: (input) => this.#moves.cancel(input),
    TagQueue: (input) => {
      Object.assign(this.#find(input).tags, input['Tags']);
      return {};
    },
    UntagQueue: (input) => {
      const { tags } = this.#find(input);
      for (const key of (input['TagKeys'] ?? []) as string[]) delete tags[key];
      return {};
    },
    ListQueueTags: (input) => ({ Tags: this.#find(input).tags }),
  };

  #create(name: string, given: QueueAttributes): Known {
    if (!/^[\w-]{1,80}$/.test(name))
      return invalidValue(
        name,
        'QueueName',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.',
      );
    const attributes = withDefaults(given);
    const existing = this.#queues.get(name);
    if (existing) {
      const other = Object.keys(given).find((key) => existing.attributes[key] !== given[key]);
      if (other !== undefined)
        throw new SqsError(
          'QueueNameExists',
          `A queue already exists with the same name and a different value for attribute ${other}`,
        );
      return existing;
    }
    const queue = new Queue(name, this.#arn(name), this.#settings(attributes), this.#journal);
    const known = { queue, attributes, created: Math.floor(Date.now() / 1_000), tags: {} };
    this.#queues.set(name, known);
    for (const message of this.#kept?.messages(name) ?? []) queue.place(message);
    return known;
  }

  #settings(attributes: QueueAttributes) {
    return settingsOf(attributes, (arn) => this.#byArn(arn));
  }

  #attributesOf({ queue, attributes, created }: Known): QueueAttributes {
    const { visible, inFlight, delayed } = queue.counts;
    return {
      ...attributes,
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: String(created),
      LastModifiedTimestamp: String(created),
    };
  }

  #arn(name: string): string {
    return `arn:aws:sqs:${this.#options.region}:${this.#options.accountId}:${name}`;
  }

  #byArn(arn: string): Queue | undefined {
    const name = arn.slice(arn.lastIndexOf(':') + 1);
    return this.#arn(name) === arn ? this.#queues.get(name)?.queue : undefined;
  }

  #sourcesOf(arn: string): Known[] {
    return [...this.#queues.values()].filter(({ queue }) => queue.settings.redrive?.target()?.arn === arn);
  }

  /** A queue is known by the last part of its URL; the host may be AWS's or the gateway's. */
  #find(input: Body): Known {
    const url = textOf(input, 'QueueUrl');
    return this.#named(url.slice(url.lastIndexOf('/') + 1));
  }

  #named(name: string): Known {
    const known = this.#queues.get(name);
    if (!known) throw new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return known;
  }
}
