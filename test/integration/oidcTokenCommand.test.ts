import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJwtVerifier } from 'appsync-local/parts';
import { adminClient, userClient, decode, startIssuers } from 'appsync-local/testing/issuers';
import type { IssuerServer } from 'appsync-local/testing/issuers';

let server: IssuerServer;
let stateDir: string;

const writeOutputs = (folder: string, outputs: Record<string, string>) =>
  writeFileSync(join(folder, 'outputs.json'), JSON.stringify({ 'Stack-dev': outputs }));

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'token-command-'));
  server = await startIssuers({ stateDir });
  writeOutputs(stateDir, {
    AdminIssuer: server.adminIssuer,
    AdminClientId: adminClient,
    UserIssuer: server.userIssuer,
    UserClientId: userClient,
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Runs the command to its end. */
function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'local/token.ts', ...args]);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const tokenOf = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args, '--state', stateDir);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  return stdout.trim();
};

describe('the token command', () => {
  it('prints nothing but a token that the API accepts', async () => {
    const { verify } = createJwtVerifier([
      { type: 'OPENID_CONNECT', oidc: { issuer: server.adminIssuer, clientId: adminClient } },
      { type: 'OPENID_CONNECT', oidc: { issuer: server.userIssuer, clientId: userClient } },
    ]);
    expect(await verify(await tokenOf('admin'))).toMatchObject({
      ok: true,
      identity: { sub: 'auth0|admin', issuer: server.adminIssuer },
    });
    expect(await verify(await tokenOf('user'))).toMatchObject({
      ok: true,
      identity: { sub: 'auth0|alice', issuer: server.userIssuer },
    });
    expect(await verify(await tokenOf('user', '--sub', 'google-oauth2|carol'))).toMatchObject({
      ok: true,
      identity: { sub: 'google-oauth2|carol' },
    });
    expect(await verify(await tokenOf('user', '--expired'))).toEqual({ ok: false, message: 'Token has expired.' });
  });

  it('takes a lifetime and a scope', async () => {
    const { claims } = decode(await tokenOf('admin', '--ttl', '30', '--scope', 'read:users'));
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(30);
    expect(claims).toMatchObject({ scope: 'read:users', aud: 'https://user-management/api', azp: adminClient });
  });

  it('proves an address, or does not', async () => {
    const address = (claims: Record<string, unknown>) => [
      claims['https://user-management/email'],
      claims['https://user-management/email_verified'],
    ];
    expect(address(decode(await tokenOf('user')).claims)).toEqual(['alice@example.com', true]);
    expect(address(decode(await tokenOf('user', '--sub', 'google-oauth2|carol')).claims)).toEqual([
      'carol@example.com',
      true,
    ]);
    const other = ['--email', 'a.b@work.example', '--unverified'];
    expect(address(decode(await tokenOf('user', ...other)).claims)).toEqual(['a.b@work.example', false]);
  });

  it('prints an ID token, which is not for the API', async () => {
    const { claims } = decode(await tokenOf('user', '--id-token', '--email', 'a@work.example'));
    expect(claims).toMatchObject({
      aud: userClient,
      sub: 'auth0|alice',
      email: 'a@work.example',
      email_verified: true,
    });
    expect(claims).not.toHaveProperty('azp');
  });

  it('says how it is used, and nothing is wrong with asking', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: .*--unverified/s);
  });

  it('says on standard error what is wrong and what to do, and nothing on standard output', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'token-empty-'));
    const stale = mkdtempSync(join(tmpdir(), 'token-stale-'));
    const foreign = mkdtempSync(join(tmpdir(), 'token-foreign-'));
    writeOutputs(stale, { AdminIssuer: 'http://127.0.0.1:9/oidc/admin/', AdminClientId: 'a' });
    const other = await startIssuers({ stateDir: foreign });
    await other.stop();
    writeOutputs(foreign, { AdminIssuer: server.adminIssuer, AdminClientId: adminClient });
    const cases: [string[], string[]][] = [
      [[], ['No role given', 'Usage:']],
      [['root'], ['Unknown role: root', 'Usage:']],
      [['admin', 'user'], ['Unknown role: admin user']],
      [
        ['admin', '--bogus'],
        ['--bogus', 'Usage:'],
      ],
      [['admin', '--ttl', 'soon'], ['--ttl soon']],
      [['user', '--sub', 'alice'], ['auth0|alice']],
      [
        ['admin', '--state', empty],
        ['No stack is running', 'npm start', '--state'],
      ],
      [
        ['admin', '--state', stale],
        ['No stack is running', 'http://127.0.0.1:9/oidc/admin/', 'npm start'],
      ],
      [['user', '--state', stale], ['name no issuer and client of the user application']],
      [
        ['user', '--email', 'alice'],
        ['--email alice', 'name@example.com'],
      ],
      [['admin', '--state', foreign], ['another one has taken its port']],
    ];
    for (const [args, messages] of cases) {
      const { code, stdout, stderr } = await run(...args);
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: '' });
      for (const message of messages) expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    for (const folder of [empty, stale, foreign]) rmSync(folder, { recursive: true });
  });
});
