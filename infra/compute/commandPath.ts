import type { Function } from 'aws-cdk-lib/aws-lambda';
import { commandGrants } from './grants.ts';
import { createFunction } from './functions.ts';
import type { StageContext } from '../stage.ts';
import { concurrencyOf } from './concurrency.ts';
import { consumeQueue } from './triggers.ts';

/** From a command on its queue to an event in the store. */
export const createCommandPath = (context: StageContext): Function => {
  const { stack, config, resources, environment } = context;
  const command = createFunction(context, 'command', {
    description: 'Decides commands and stores their events',
    environment: {
      ...environment.eventStore,
      ...environment.uniqueValue,
      ...environment.keys,
      ...environment.snapshot,
      ...environment.commandOutcome,
      ...environment.deadLetter,
      ...environment.directory,
      ...environment.queues,
      ...environment.api,
      EMAIL: config.email,
    },
    grants: commandGrants(resources),
  });
  for (const queue of resources.queues.command)
    consumeQueue(stack, queue, command, { maxConcurrency: concurrencyOf(config, queue) });
  return command;
};
