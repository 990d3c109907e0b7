import { defineConfig } from 'vitest/config';

const suite = (name: string, folders: string[], more: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: folders.map((folder) => `${folder}/**/*.test.ts`),
    testTimeout: 120_000,
    hookTimeout: 180_000,
    ...more,
  },
});

export default defineConfig({
  test: {
    pool: 'forks',
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      // One after the other, and with fewer workers the more each of them starts: a stack alone keeps two cores busy.
      suite('unit', ['test/unit', 'packages/*/test/unit'], { maxWorkers: 3, sequence: { groupOrder: 0 } }),
      suite('integration', ['test/integration', 'packages/*/test/integration'], {
        maxWorkers: 2,
        sequence: { groupOrder: 1 },
      }),
      suite('stack', ['test/e2e', 'test/security', 'test/browser', 'packages/*/test/stack'], {
        maxWorkers: 2,
        globalSetup: 'test/support/sharedStack.ts',
        sequence: { groupOrder: 2 },
      }),
      suite('faults', ['test/faults'], { maxWorkers: 2, testTimeout: 300_000, sequence: { groupOrder: 3 } }),
    ],
  },
});
