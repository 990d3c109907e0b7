import type { GatewayRoles, LocalIam, MappingModel, RoleCalls, StackModel, StreamMappingModel } from '../../model.ts';
import { checkedParties, explained, type MappingParties } from './mappingRules.ts';
import { sleep, type RunningMapping } from './runningMapping.ts';
import type { LambdaRuntime } from '../runtime.ts';
import { SqsMapping } from './sqs/sqsMapping.ts';
import type { Positions } from './stream/positions.ts';
import { StreamMapping } from './stream/streamMapping.ts';

export interface MappingsOptions {
  model: StackModel;
  iam: LocalIam;
  invoker: Pick<LambdaRuntime, 'invoke'>;
  gateway: GatewayRoles;
  region: string;
  /** By stream ARN: the sequence number after which reading begins, instead of at the mapping's starting position. */
  streamStart?: Record<string, string>;
  /** Takes what is to hear of writes to tables that have a stream: it is then read at once. */
  onStreamedWrite?: (hear: () => void) => void;
  /** How far the stream mappings have come in earlier runs; each begins at its starting position if left out. */
  positions?: Positions;
}

export interface Mappings {
  /**
   * Resolves when everything has come to rest: source queues empty (nothing in flight or delayed), streams read to
   * their end, no batch in a function, seen so twice with nothing received in between. Dead-letter queues do not count.
   * Waits without end; rejects once the mappings are stopped.
   */
  idle(): Promise<void>;
  /** Stops reading and waits (bounded) for the batches in flight. Stop the functions after this, not before. */
  stop(): Promise<void>;
}

/**
 * Starts the template's enabled event source mappings, each with the credentials of its function's role.
 * Throws, naming the mapping, when Lambda would refuse one: missing grants, visibility under the function's timeout,
 * bad filters.
 */
export async function startMappings(options: MappingsOptions): Promise<Mappings> {
  const enabled = options.model.mappings.filter(({ enabled }) => enabled);
  const parties = new Map(enabled.map((mapping) => [mapping, checkedParties(mapping, options.model, options.iam)]));
  const streams: StreamMapping[] = [];
  const running: RunningMapping[] = [];
  options.onStreamedWrite?.(() => streams.forEach((stream) => stream.nudge()));

  const begun = await Promise.allSettled(
    [...parties].map(async ([mapping, its]) => {
      const calls = options.gateway(its.role.arn);
      if (mapping.kind === 'sqs') {
        const queueUrl = its.source?.url ?? '';
        const look = { QueueUrl: queueUrl, AttributeNames: ['QueueArn'] };
        await attempt(mapping, its, 'sqs:GetQueueAttributes', () => calls.call('AmazonSQS.GetQueueAttributes', look));
        running.push(
          new SqsMapping({
            mapping,
            queueUrl,
            region: options.region,
            calls,
            invoker: options.invoker,
            recursionAllowed: its.fn.recursiveLoop === 'Allow',
          }),
        );
      } else {
        const stream = streamMapping(mapping, its, calls, options);
        await attempt(mapping, its, 'dynamodb:DescribeStream', () => stream.start());
        streams.push(stream);
        running.push(stream);
      }
    }),
  );

  let stopped = false;
  const stop = async (): Promise<void> => {
    stopped = true;
    await Promise.all(running.map((mapping) => mapping.stop()));
    options.positions?.close();
  };
  const failed = begun.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { idle: () => allDrained(running, () => stopped), stop };
}

function streamMapping(
  mapping: StreamMappingModel,
  its: MappingParties,
  calls: RoleCalls,
  options: MappingsOptions,
): StreamMapping {
  try {
    return new StreamMapping({
      mapping,
      region: options.region,
      calls,
      invoker: options.invoker,
      onFailureQueueUrl: its.onFailure?.url,
      startAfter: options.positions?.of(mapping.logicalId) ?? options.streamStart?.[mapping.streamArn],
      // Who hears of writes looks besides only for what an answer that was lost has written.
      idleMs: options.onStreamedWrite ? 2_000 : 200,
      onProgress: (sequenceNumber) => options.positions?.reached(mapping.logicalId, sequenceNumber),
    });
  } catch (error) {
    throw new Error(`Mapping ${mapping.logicalId}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function attempt(
  mapping: MappingModel,
  its: MappingParties,
  action: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw explained(error, mapping, its, action);
  }
}

/** Two quiet rounds in a row; whoever was busy last is asked first, so that waiting costs little. */
async function allDrained(mappings: readonly RunningMapping[], stopped: () => boolean): Promise<void> {
  const received = (): number => mappings.reduce((sum, mapping) => sum + mapping.received, 0);
  let busiest: RunningMapping | undefined;
  let before = received();
  for (let quiet = 0, pause = 10; quiet < 2;) {
    if (stopped()) throw new Error('The event source mappings have stopped');
    busiest = busiest && !(await busiest.isDrained()) ? busiest : await firstBusy(mappings);
    const now = received();
    quiet = busiest === undefined && now === before ? quiet + 1 : 0;
    before = now;
    pause = quiet > 0 ? 10 : Math.min(200, pause * 1.5);
    if (quiet < 2) await sleep(pause);
  }
}

async function firstBusy(mappings: readonly RunningMapping[]): Promise<RunningMapping | undefined> {
  const drained = await Promise.all(mappings.map((mapping) => mapping.isDrained()));
  return mappings[drained.indexOf(false)];
}
