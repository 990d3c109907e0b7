import type { Result } from './report.ts';

/** What all scenarios of one run share. */
export interface Bench {
  /** The synthesized application, for every stack of the run. */
  assemblyDir: string;
  /** A new folder for a stack's state; goes with the run. */
  newFolder(): string;
  /** Tells how far it is. */
  say(words: string): void;
}

export interface Scenario {
  name: string;
  /** What it measures, for the list of scenarios. */
  about: string;
  run(bench: Bench): Promise<Result>;
}
