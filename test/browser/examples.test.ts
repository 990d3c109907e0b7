import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { admin, outputsOf, unique } from '../support/clients/client.ts';
import { closeVisits, hasChromium, openChromium } from './chromium.ts';

const examples = ['plain', 'amplify', 'apollo'] as const;
type Example = (typeof examples)[number];

/**
 * The examples as they stand, in one bundle that leaves `run` behind. Only aws-amplify needs to be led to a stack
 * without TLS.
 */
const bundled = async (name: Example): Promise<string> => {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { ${name}Transport as create } from './examples/${name}.ts';
        import { runCommand } from './examples/runCommand.ts';
        globalThis.run = (endpoint, token, input) =>
          runCommand(create({ ...endpoint, token: async () => token }), 'createGroup', input);`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
};

/** What `examples/localWebSocket.ts` does, which a bundle that must not wait for it cannot hold. */
const withoutTls = `{
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(address, protocols) {
      super(String(address).replace(/^wss:/, 'ws:'), protocols);
    }
  };
}`;

describe.skipIf(!hasChromium)('the examples, in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(closeVisits);

  it.each(examples)('%s learns outcomes', async (name) => {
    const { GraphQLUrl, RealtimeUrl, PlaygroundUrl } = outputsOf(inject('stateDir'));
    const page = await browser.newPage();
    await page.goto(`${PlaygroundUrl}config.json`);
    if (name === 'amplify') await page.evaluate(withoutTls);
    await page.evaluate(await bundled(name));
    const { token } = await admin();
    const run = (input: object) =>
      page.evaluate(`run(${JSON.stringify({ GraphQLUrl, RealtimeUrl })}, '${token}', ${JSON.stringify(input)})`);
    const input = { name: unique('browser'), description: 'From a browser' };
    expect(await run(input)).toMatchObject({ status: 'APPLIED', version: 1 });
    expect(await run(input)).toMatchObject({ status: 'REJECTED', code: 'NAME_TAKEN' });
    await page.close();
  });
});
