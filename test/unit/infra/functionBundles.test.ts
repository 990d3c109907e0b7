import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFunctions, type FunctionBundles } from '../../../infra/compute/functionBundles.ts';
import { functionNames } from '../../../infra/queues/timeouts.ts';
import { find, synthesize, type Template } from './synthesized.ts';

let bundles: FunctionBundles;
let template: Template;
beforeAll(async () => {
  [bundles, { template }] = await Promise.all([bundleFunctions(), synthesize()]);
});
afterAll(() => bundles.remove());

const fileOf = ({ directory }: FunctionBundles, name: string): string => join(directory, name, 'index.mjs');

const hashOf = (from: FunctionBundles, name: string): string =>
  createHash('sha256')
    .update(readFileSync(fileOf(from, name)))
    .digest('hex');

/** Loads a function as Lambda does. @returns the type of its handler, or the message of what went wrong */
const load = async (name: string, environment: Record<string, string>): Promise<string> => {
  const program = `import(${JSON.stringify(pathToFileURL(fileOf(bundles, name)).href)}).then(({ handler }) => console.log(typeof handler), ({ message }) => console.log(message))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], {
    env: { AWS_REGION: 'us-east-1', ...environment },
  });
  return stdout.trim();
};

describe.each(functionNames)('function %s', (name) => {
  const environment = (): Record<string, string> => {
    const { Variables } = find(template, 'AWS::Lambda::Function', { FunctionName: `UserManagement-dev-${name}` })[1]
      .Properties['Environment'];
    return Object.fromEntries(Object.keys(Variables).map((key) => [key, 'https://example.com/']));
  };

  test('weighs less than 400 KB, AWS SDK included', () => {
    expect(statSync(fileOf(bundles, name)).size).toBeLessThan(400_000);
  });

  test('starts with the environment that the template gives it', async () => {
    expect(await load(name, environment())).toBe('function');
  });

  test('is told of nothing that it does not need', async () => {
    const needed = /^Environment variable missing: (.*)$/.exec(await load(name, {}))?.[1]?.split(', ') ?? [];
    expect(needed.sort()).toEqual(
      Object.keys(environment())
        .filter((key) => !key.startsWith('POWERTOOLS_'))
        .sort(),
    );
  });
});

test('the same sources make the same bundles, wherever they are written', async () => {
  const again = await bundleFunctions();
  try {
    for (const name of functionNames) expect(hashOf(again, name)).toBe(hashOf(bundles, name));
  } finally {
    await again.remove();
  }
});
