import { defineConfig } from 'vitest/config';

const suite = (name: string, folders: string[], more: Record<string, unknown> = {}) => ({
  test: { name, include: folders.map((folder) => `test/${folder}/**/*.test.ts`), testTimeout: 120_000, hookTimeout: 180_000, ...more },
});

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 3,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      suite('unit', ['unit']),
      suite('integration', ['integration']),
      suite('stack', ['e2e', 'security', 'browser'], { globalSetup: 'test/support/sharedStack.ts' }),
      suite('faults', ['faults'], { testTimeout: 300_000 }),
    ],
  },
});
