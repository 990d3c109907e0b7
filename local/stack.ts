import { fileURLToPath } from 'node:url';
import {
  type StackOptions as RuntimeOptions,
  type Stack as RuntimeStack,
  startStack as startAssembly,
} from 'appsync-local';
import { applicationsOf, localIssuers } from './issuers.ts';
import type { ApplicationOutputs } from './outputs.ts';
import { startConsole } from './console.ts';
import { synthesize } from './synth.ts';

/** This application, running. */
export interface Stack extends RuntimeStack {
  outputs: ApplicationOutputs;
}

/** What a run of this application may choose. */
export interface StackOptions extends Omit<RuntimeOptions, 'assembly' | 'page' | 'issuers'> {
  /** An assembly synthesized before, for these or other local ports; without it the application is synthesized now. */
  assemblyDir?: string;
  /** Builds and serves the console. */
  console?: boolean;
}

/** This application on one machine. Rejects, with nothing left running, on what a deployment would refuse. */
export async function startStack({ assemblyDir, console, ...options }: StackOptions): Promise<Stack> {
  const stack = await startAssembly({
    // For all runs: what is new is checked once.
    cacheDir: fileURLToPath(new URL('../node_modules/.cache/appsync-local', import.meta.url)),
    ...options,
    assembly: assemblyDir ?? synthesize,
    issuers: { ...localIssuers, applications: (outputs) => applicationsOf(outputs as ApplicationOutputs) },
    ...(console === true ? { page: startConsole } : {}),
  });
  return stack as Stack;
}
