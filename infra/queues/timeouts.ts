import { Duration } from 'aws-cdk-lib';

/**
 * How long one invocation may take. Short, because what fails is repeated only after six times as long; long enough for
 * one call that hangs and a publication (functions/runtime/budget.ts). A batch of ten commands or events takes well
 * under a second.
 */
export const timeouts = {
  command: Duration.seconds(10),
  mediator: Duration.seconds(15),
  execute: Duration.seconds(10),
  // It hands a recovery on ten seconds before its end.
  recovery: Duration.seconds(20),
  // AppSync itself ends a request after 30 seconds.
  history: Duration.seconds(20),
  pipeline: Duration.seconds(10),
} as const;

export type FunctionName = keyof typeof timeouts;
export const functionNames = Object.keys(timeouts) as FunctionName[];
