import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../../local/synth.ts';
import { shared } from './shared.ts';

declare module 'vitest' {
  interface ProvidedContext {
    assemblyDir: string;
  }
}

/** One synthesis of the application with the local defaults, for everything that tests start. */
export const assembly = () =>
  shared('assembly', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
    const { signal } = new AbortController();
    return {
      thing: await synthesize({ stateDir: folder, signal }),
      end: () => rmSync(folder, { recursive: true, force: true }),
    };
  });

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { thing, release } = await assembly();
  project.provide('assemblyDir', thing);
  return release;
}
