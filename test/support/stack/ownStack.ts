import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Stack, type StackOptions, startStack } from '../../../local/stack.ts';
import { admin, type Client, type Outputs, outputsOf } from '../clients/client.ts';
import { type Inspection, inspect } from '../models/invariants.ts';

export interface OwnStack {
  stack: Stack;
  stateDir: string;
  outputs: Outputs;
  admin: Client;
  inspection: Inspection;
  stop(): Promise<void>;
}

/** A stack of the test's own, in its process, for what cannot be done to one that others use. */
export const ownStack = async (options: Partial<StackOptions> = {}): Promise<OwnStack> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'stack-'));
  const stack = await startStack({ port: 0, stateDir, assemblyDir: inject('assemblyDir'), ...options });
  const outputs = outputsOf(stateDir);
  return {
    stack,
    stateDir,
    outputs,
    admin: await admin('auth0|admin', stateDir),
    inspection: inspect(outputs),
    stop: async () => {
      await stack.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
};
