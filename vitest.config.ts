import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longestFirst.ts';
import { sweeps } from './test/support/runs.ts';

/**
 * A slow neighbour on a shared machine of CI may cost an engine or a whole stack its time once; elsewhere a failure is a
 * failure.
 */
const onSharedMachines = process.env['CI'] === undefined ? 0 : 1;

/** Who names one wants it, whatever the environment says. */
const sweeping = sweeps || process.argv.some((argument) => argument.includes('.sweep'));

const suite = (name: string, folders: string[], more: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: folders.map((folder) => `${folder}/**/*.test.ts`),
    exclude: [...configDefaults.exclude, ...(sweeping ? [] : ['**/*.sweep.test.ts'])],
    // Of no use but to end what hangs: a busy machine of CI may need several times what this one does.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    // The files that a process takes one after the other share what they import: to load it is half of their work.
    isolate: false,
    ...more,
  },
});

export default defineConfig({
  test: {
    pool: 'forks',
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    sequence: { sequencer: LongestFirst },
    projects: [
      // One after the other, and with fewer workers the more each of them starts: a stack alone keeps two cores busy.
      suite('unit', ['test/unit', 'packages/*/test/unit'], { maxWorkers: 3, sequence: { groupOrder: 0 } }),
      suite('integration', ['test/integration', 'packages/*/test/integration'], {
        maxWorkers: 3,
        retry: onSharedMachines,
        globalSetup: ['test/support/stack/assembly.ts', 'test/support/engines/engine.ts'],
        sequence: { groupOrder: 1 },
      }),
      suite('stack', ['test/e2e', 'test/security', 'test/browser', 'packages/*/test/stack'], {
        maxWorkers: 3,
        globalSetup: [
          'test/support/stack/assembly.ts',
          'test/support/engines/engine.ts',
          'test/support/stack/sharedStack.ts',
        ],
        setupFiles: 'test/support/stack/sharedStackStands.ts',
        retry: onSharedMachines,
        sequence: { groupOrder: 2 },
      }),
      // These wait more than they work: for messages that come back, for what is slow on purpose.
      suite('faults', ['test/faults'], {
        maxWorkers: 4,
        testTimeout: 600_000,
        retry: onSharedMachines,
        globalSetup: ['test/support/stack/assembly.ts', 'test/support/engines/engine.ts'],
        sequence: { groupOrder: 3 },
      }),
    ],
  },
});
