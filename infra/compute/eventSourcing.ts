import { type Function, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { createFunction } from './functions.ts';
import { historyGrants, pipelineGrants, recoveryGrants } from './grants.ts';
import type { StageContext } from '../stage.ts';
import { consumeQueue } from './triggers.ts';

/** Rebuilding views from the events: each message on the queue is one step of a recovery. */
export const createRecovery = (context: StageContext): Function => {
  const { stack, resources, environment } = context;
  const recovery = createFunction(context, 'recovery', {
    description: 'Sends streams to be rebuilt to the execution queues',
    environment: {
      ...environment.eventStore,
      ...environment.uniqueValue,
      ...environment.keys,
      ...environment.recovery,
      ...environment.deadLetter,
      ...environment.directory,
      ...environment.views,
      ...environment.queues,
      ...environment.api,
    },
    grants: recoveryGrants(resources),
    // Each step sends the next.
    recursiveLoop: RecursiveLoop.ALLOW,
  });
  consumeQueue(stack, resources.queues.recovery, recovery, { batchSize: 1, maxConcurrency: 2 });
  return recovery;
};

/** Reading the past: answers AppSync directly. */
export const createHistory = (context: StageContext): Function =>
  createFunction(context, 'history', {
    description: 'Answers queries about the past',
    environment: {
      ...context.environment.eventStore,
      ...context.environment.snapshot,
      ...context.environment.keys,
      ...context.environment.commandOutcome,
      ...context.environment.uniqueValue,
      ...context.environment.directory,
      ...context.environment.views,
    },
    grants: historyGrants(context.resources),
  });

/** Looking at the queues, and bringing dead letters back: answers AppSync directly. */
export const createPipeline = (context: StageContext): Function =>
  createFunction(context, 'pipeline', {
    description: 'Tells of queues and lags, and brings dead letters back',
    environment: { ...context.environment.queues, ...context.environment.deadLetter },
    grants: pipelineGrants(context.resources),
  });
