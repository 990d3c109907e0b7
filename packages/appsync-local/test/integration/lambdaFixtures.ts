import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionModel, LocalIam, RoleModel } from '../../src/model.ts';

export const region = 'us-east-1';
export const accountId = '000000000000';

export const role: RoleModel = {
  logicalId: 'FunctionRole',
  arn: `arn:aws:iam::${accountId}:role/function-role`,
  name: 'function-role',
  trustedServices: ['lambda.amazonaws.com'],
  statements: [],
};

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'lambda-'));
}

/** A function whose asset is one ESM module, `index.mjs`, with the given text. */
export function functionFrom(source: string, settings: Partial<FunctionModel> = {}): FunctionModel {
  const codeDir = temporaryFolder();
  writeFileSync(join(codeDir, 'index.mjs'), source);
  const name = settings.name ?? 'subject';
  return {
    logicalId: `${name}Function`,
    name,
    arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    roleArn: role.arn,
    codeDir,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    timeoutSeconds: 10,
    memoryMb: 128,
    environment: {},
    recursiveLoop: 'Terminate',
    ...settings,
  };
}

/** Policy decisions without policies: everything is allowed but what is listed as `<action>`. */
export function iamDenying(...actions: string[]): LocalIam {
  return {
    credentialsFor: () => ({ accessKeyId: 'LOCALKEY', secretAccessKey: 'secret', sessionToken: 'session' }),
    verify: () => Promise.resolve({ ok: true, caller: { kind: 'role', role } }),
    isAllowed: (_caller, action) => !actions.includes(action),
  };
}

/** Waits until `holds` gives something true and returns it; fails after `seconds`. */
export async function eventually<T>(holds: () => T | Promise<T>, seconds = 20): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`Still not so after ${seconds} s: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
