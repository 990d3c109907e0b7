import { NoTimeLeft } from './budget.ts';
import { Hopeless } from './failure.ts';

/**
 * How often a queue delivers a message before it goes to the dead letters. The pauses below add up to half an hour:
 * what is away for ten minutes, and an account whose concurrency is used up for a while, leave no good message there.
 */
export const mostDeliveries = 10;

/** Longest pause after a message's first failure, its second and so on, in seconds; the last for all that follow. */
const pauses = [1, 2, 5, 30, 120, 300, 600];

/** What will never work need not wait. */
const pauseOfHopeless = 1;

/**
 * When a message comes back. One that was not begun comes back at once; others after pauses that grow, and differ, so
 * that not all come at the same time to what is overloaded.
 * @param deliveries how often it was delivered, this time included
 */
export const secondsUntilNext = (error: Error, deliveries: number, random: () => number = Math.random): number => {
  if (error instanceof NoTimeLeft) return 0;
  if (error instanceof Hopeless) return pauseOfHopeless;
  const longest = pauses[Math.min(deliveries, pauses.length) - 1] ?? 0;
  return Math.ceil(longest * (1 - random() / 2));
};

/**
 * The delivery after which a message is done though its subscribers could not be told, four to eight minutes after the
 * first: what it has done stands, and its outcome can be asked for.
 */
export const lastDeliveryToTell = 7;
