import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { denialMessage, StackIam } from '../../src/gateway/iam.ts';
import { decide } from '../../src/gateway/policy.ts';
import type { AwsCredentials, PolicyStatement, RoleModel } from '../../src/model.ts';

const roleArn = 'arn:aws:iam::000000000000:role/worker';
const queue = 'arn:aws:sqs:us-east-1:000000000000:jobs';

function statement(more: Partial<PolicyStatement>): PolicyStatement {
  return {
    source: 'Policy[0]',
    effect: 'Allow',
    actions: ['sqs:SendMessage'],
    resources: [queue],
    conditions: {},
    ...more,
  };
}

describe('the policy evaluator', () => {
  const allowed = (statements: PolicyStatement[], action = 'sqs:SendMessage', resource = queue, context = {}) =>
    decide(statements, action, resource, context).allowed;

  it('refuses what nothing allows', () => {
    expect(allowed([])).toBe(false);
    expect(allowed([statement({})], 'sqs:DeleteMessage')).toBe(false);
    expect(allowed([statement({})], 'sqs:SendMessage', `${queue}2`)).toBe(false);
  });

  it('matches wildcards in actions, whatever their case, and in resources, minding it', () => {
    expect(allowed([statement({ actions: ['SQS:Send*'] })])).toBe(true);
    expect(allowed([statement({ resources: ['arn:aws:sqs:*:*:j?bs'] })])).toBe(true);
    expect(allowed([statement({ resources: [queue.replace('jobs', 'JOBS')] })])).toBe(false);
    expect(allowed([statement({ resources: [queue.replace('jobs', 'j.bs')] })])).toBe(false);
  });

  it('lets an explicit deny win, wherever it stands', () => {
    expect(allowed([statement({}), statement({ effect: 'Deny', actions: ['*'], resources: ['*'] })])).toBe(false);
    const queuePolicy = { statements: [statement({ effect: 'Deny', principals: ['*'] })], principal: roleArn };
    expect(decide([statement({})], 'sqs:SendMessage', queue, {}, queuePolicy).allowed).toBe(false);
  });

  it("takes an allow of the resource's policy for the principals that it names", () => {
    const policy = (principals: string[]) => ({ statements: [statement({ principals })], principal: roleArn });
    expect(decide([], 'sqs:SendMessage', queue, {}, policy([roleArn])).allowed).toBe(true);
    expect(decide([], 'sqs:SendMessage', queue, {}, policy(['sns.amazonaws.com'])).allowed).toBe(false);
  });

  it("leaves the decision to the callers' own policies where a resource's allows the account as a whole", () => {
    const account = {
      statements: [statement({ principals: ['arn:aws:iam::000000000000:root'] })],
      principal: roleArn,
    };
    expect(decide([], 'sqs:SendMessage', queue, {}, account).allowed).toBe(false);
    expect(decide([statement({})], 'sqs:SendMessage', queue, {}, { ...account, rules: true }).allowed).toBe(true);
    // A key's policy that does not: what the callers' own say counts for nothing.
    const closed = { statements: [], principal: roleArn, rules: true };
    expect(decide([statement({})], 'sqs:SendMessage', queue, {}, closed)).toEqual({
      allowed: false,
      notDelegated: true,
    });
    const denied = {
      ...account,
      statements: [statement({ effect: 'Deny', principals: ['arn:aws:iam::000000000000:root'] })],
    };
    expect(decide([statement({})], 'sqs:SendMessage', queue, {}, denied).allowed).toBe(false);
  });

  it.each([
    ['StringEquals', 'a', ['a', 'b'], true],
    ['StringEquals', undefined, ['a'], false],
    ['StringEqualsIfExists', undefined, ['a'], true],
    ['StringNotEquals', 'a', ['a', 'b'], false],
    ['StringNotEquals', undefined, ['a'], true],
    ['StringLike', 'user#1', ['user#*'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'c'], true],
    ['ForAllValues:StringEquals', ['a', 'x'], ['a', 'b'], false],
    ['ForAllValues:StringEquals', undefined, ['a'], true],
    ['ForAnyValue:StringEquals', ['a', 'x'], ['a'], true],
    ['ForAnyValue:StringEquals', undefined, ['a'], false],
    ['ArnLike', 'arn:aws:sqs:x', ['arn:aws:*'], true],
  ])('evaluates %s of %j against %j as %s', (operator, actual, values, expected) => {
    const conditions = { [operator]: { 'dynamodb:LeadingKeys': values } };
    const context = actual === undefined ? {} : { 'dynamodb:LeadingKeys': actual };
    expect(allowed([statement({ conditions })], 'sqs:SendMessage', queue, context)).toBe(expected);
  });

  it('counts calls on this machine as secure transport', () => {
    const insecure = { Bool: { 'aws:SecureTransport': ['false'] } };
    const role: RoleModel = {
      logicalId: 'Worker',
      name: 'worker',
      arn: roleArn,
      trustedServices: [],
      statements: [statement({}), statement({ effect: 'Deny', conditions: insecure })],
    };
    const iam = new StackIam({ roles: [role], region: 'us-east-1', accountId: '000000000000', seed: 's' });
    expect(iam.isAllowed({ kind: 'role', role }, 'sqs:SendMessage', queue)).toBe(true);
    expect(iam.isAllowed({ kind: 'administrator' }, 'sqs:Anything', queue)).toBe(true);
  });

  it('words a denial as AWS does', () => {
    const role: RoleModel = { logicalId: 'Worker', name: 'worker', arn: roleArn, trustedServices: [], statements: [] };
    expect(denialMessage(role, 'sqs:SendMessage', queue, { allowed: false })).toBe(
      `User: ${roleArn} is not authorized to perform: sqs:SendMessage on resource: ${queue} because no identity-based policy allows the sqs:SendMessage action`,
    );
  });
});

/** What the SDK's signer wants of a hash. */
class Sha256 {
  readonly #hash;
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: string | Uint8Array) {
    this.#hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
}

describe("signature verification, against the SDK's own signer", () => {
  const role: RoleModel = { logicalId: 'Worker', name: 'worker', arn: roleArn, trustedServices: [], statements: [] };
  const iam = new StackIam({ roles: [role], region: 'us-east-1', accountId: '000000000000', seed: 's' });

  async function sign(
    o: {
      service?: string;
      credentials?: AwsCredentials;
      path?: string;
      query?: Record<string, string>;
      signingDate?: Date;
    } = {},
  ) {
    const signer = new SignatureV4({
      credentials: o.credentials ?? iam.credentialsFor(roleArn),
      region: 'us-east-1',
      service: o.service ?? 'appsync',
      sha256: Sha256 as never,
    });
    const request = {
      method: 'POST',
      protocol: 'http:',
      hostname: '127.0.0.1',
      port: 4000,
      path: o.path ?? '/graphql',
      query: o.query ?? {},
      headers: { host: '127.0.0.1:4000', 'content-type': 'application/json' },
      body: '{"query":"{ a }"}',
    };
    const signed = await signer.sign(request, o.signingDate ? { signingDate: o.signingDate } : {});
    const query = Object.entries(o.query ?? {})
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join('&');
    return {
      method: 'POST',
      url: `${request.path}${query === '' ? '' : `?${query}`}`,
      headers: signed.headers,
      body: request.body,
    };
  }

  it('accepts a rightly signed request and says whose it is', async () => {
    expect(await iam.verify(await sign(), 'appsync')).toMatchObject({ ok: true, caller: { kind: 'role', role } });
    expect(
      await iam.verify(await sign({ path: '/graphql/a%20b', query: { z: '1', a: 'ä b+c', 'a-b': '' } }), 'appsync'),
    ).toMatchObject({ ok: true });
  });

  it("accepts a worker's own session token and tells the worker", async () => {
    const own = iam.credentialsFor(roleArn);
    const request = await sign({ credentials: { ...own, sessionToken: `${own.sessionToken}#worker-3` } });
    expect(iam.identify(request, 'appsync')).toMatchObject({ ok: true, workerId: 'worker-3' });
  });

  it('refuses what was changed, is stale, is for another service or has another token', async () => {
    const own = iam.credentialsFor(roleArn);
    const request = await sign();
    const refused = async (changed: typeof request, service = 'appsync') =>
      expect(await iam.verify(changed, service)).toMatchObject({ ok: false });
    await refused({ ...request, body: '{"query":"{ b }"}' });
    await refused({ ...request, url: '/graphql?x=1' });
    await refused({ ...request, method: 'PUT' });
    await refused({ ...request, headers: { ...request.headers, 'content-type': 'text/plain' } });
    await refused(request, 'sqs');
    await refused(await sign({ signingDate: new Date(Date.now() - 16 * 60_000) }));
    await refused(await sign({ credentials: { ...own, secretAccessKey: 'x' } }));
    await refused(await sign({ credentials: { ...own, sessionToken: 'x' } }));
    await refused(await sign({ credentials: { accessKeyId: own.accessKeyId, secretAccessKey: own.secretAccessKey } }));
    await refused({ ...request, headers: {} });
  });

  it('knows the administrator at the engines only, never at the API', async () => {
    const headers = {
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    };
    const request = { method: 'POST', url: '/', headers, body: '{}' };
    expect(await iam.verify(request, 'dynamodb')).toEqual({ ok: true, caller: { kind: 'administrator' } });
    expect(await iam.verify(request, 'appsync')).toMatchObject({ ok: false });
  });
});
