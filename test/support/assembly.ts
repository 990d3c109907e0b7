import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../local/synth.ts';

declare module 'vitest' {
  interface ProvidedContext {
    assemblyDir: string;
  }
}

/** One synthesis of the application with the local defaults, for all stacks that tests start of their own. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  const { signal } = new AbortController();
  project.provide('assemblyDir', await synthesize({ origin: 'http://127.0.0.1:4000', stateDir: folder, signal }));
  return () => rmSync(folder, { recursive: true, force: true });
}
