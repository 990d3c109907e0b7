import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const outdir = mkdtempSync(join(tmpdir(), 'gated-'));
const environment = {
  CDK_OUTDIR: outdir,
  CDK_VALIDATION: 'false',
  API_AUDIENCE: 'https://user-management/api',
  AUTH0_ADMIN_DOMAIN: 'admins.example.auth0.com',
  AUTH0_ADMIN_CLIENT_ID: 'admins',
  AUTH0_USER_DOMAIN: 'users.example.auth0.com',
  AUTH0_USER_CLIENT_ID: 'users',
};

const code =
  'export const request = (ctx) => {\n  const all = [];\n  all.push(parseInt(ctx.args.id));\n  return all;\n};\nexport const response = (ctx) => ctx.result;\n';

beforeAll(() => {
  // What other files of this process have loaded would not be mocked any more.
  vi.resetModules();
  vi.doMock('../../../infra/api/resolverBundles.ts', () => ({ bundleResolvers: async () => ({ get: code }) }));
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.doUnmock('../../../infra/api/resolverBundles.ts');
  vi.resetModules();
  vi.unstubAllEnvs();
  rmSync(outdir, { recursive: true });
});

it('a synthesis ends without a template, naming file and line, where AppSync would refuse resolver code', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const before = process.exitCode;
  await import('../../../infra/app.ts');
  expect(process.exitCode).toBe(1);
  process.exitCode = before;
  expect(said.mock.calls.join()).toMatch(/\/get\.js:3:12 name parseInt is not defined/);
  expect(readdirSync(outdir)).toEqual([]);
});
