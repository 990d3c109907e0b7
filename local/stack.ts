import {
  type StackOptions as RuntimeOptions,
  type Stack,
  startStack as startAssembly,
} from '../packages/appsync-local/src/stack.ts';
import { startPlayground } from './playground.ts';
import { synthesize } from './synth.ts';

export type { Stack };

/** What a run of this application may choose. */
export interface StackOptions extends Omit<RuntimeOptions, 'assembly' | 'page'> {
  /** An assembly synthesized before, for these or other local ports; without it the application is synthesized now. */
  assemblyDir?: string;
  /** Builds and serves the playground page. */
  playground?: boolean;
}

/** This application on one machine. Rejects, with nothing left running, on what a deployment would refuse. */
export function startStack({ assemblyDir, playground, ...options }: StackOptions): Promise<Stack> {
  return startAssembly({
    ...options,
    assembly: assemblyDir ?? synthesize,
    ...(playground === true ? { page: startPlayground } : {}),
  });
}
