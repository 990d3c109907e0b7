import type { Function } from 'aws-cdk-lib/aws-lambda';
import { createFunction } from './functions.ts';
import { executeGrants, mediatorGrants } from './grants.ts';
import type { StageContext } from '../stage.ts';
import { concurrencyOf } from './concurrency.ts';
import { consumeQueue, consumeStream } from './triggers.ts';

/** From an event in the store to its row in a view, and to those who wait to hear of it. */
export const createProjectionPath = (context: StageContext): { mediator: Function; execute: Function } => {
  const { stack, config, resources, environment } = context;
  const { queues, tables } = resources;
  const mediator = createFunction(context, 'mediator', {
    description: 'Sends each stored event to the execution queue that it names',
    environment: { ...environment.queues },
    grants: mediatorGrants(resources),
  });
  consumeStream(stack, tables.eventStore, mediator, queues.mediatorFailures);

  const execute = createFunction(context, 'execute', {
    description: 'Brings views up to date with events, and publishes what changed',
    environment: {
      ...environment.eventStore,
      ...environment.uniqueValue,
      ...environment.keys,
      ...environment.snapshot,
      ...environment.recovery,
      ...environment.deadLetter,
      ...environment.directory,
      ...environment.views,
      ...environment.api,
    },
    grants: executeGrants(resources),
  });
  for (const queue of queues.execution)
    consumeQueue(stack, queue, execute, { maxConcurrency: concurrencyOf(config, queue) });
  return { mediator, execute };
};
