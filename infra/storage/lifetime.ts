import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Config } from '../config.ts';

/** Whether data outlives the stack. */
export const isKept = ({ stage }: Config): boolean => stage === 'prod';

/**
 * What is kept is kept but for a stack whose very first creation failed: its empty tables would stand in the way of the
 * next try.
 */
export const removalPolicy = (config: Config): RemovalPolicy =>
  isKept(config) ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

/** How long log lines are kept. What happened to users is in the event store, for good. */
export const logRetention = (config: Config): RetentionDays =>
  isKept(config) ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK;
