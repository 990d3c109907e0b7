import { describe, expect, test } from 'vitest';
import { argumentContext, fileContext } from '../../../infra/context.ts';
import { functionNames } from '../../../infra/queues/timeouts.ts';
import { auth0, find, resourcesOf, synthesize, type Template } from './synthesized.ts';

const providersOf = (template: Template) => {
  const [[, api] = []] = resourcesOf(template, 'AWS::AppSync::GraphQLApi');
  const { AuthenticationType, OpenIDConnectConfig, AdditionalAuthenticationProviders } = api?.Properties ?? {};
  return [{ AuthenticationType, OpenIDConnectConfig }, ...AdditionalAuthenticationProviders];
};
const openId = (Issuer: string, ClientId: string) => ({
  AuthenticationType: 'OPENID_CONNECT',
  OpenIDConnectConfig: { Issuer, ClientId },
});

describe('the Auth0 settings', () => {
  test('two domains make two providers, each for its client alone, and IAM for the functions', async () => {
    const { template } = await synthesize();
    expect(providersOf(template)).toEqual([
      openId('https://admin.eu.auth0.com/', '^adminClient$'),
      openId('https://user.eu.auth0.com/', '^userClient$'),
      { AuthenticationType: 'AWS_IAM' },
    ]);
  });

  test('a shared domain makes one provider for both clients', async () => {
    const { template } = await synthesize({ environment: { ...auth0, AUTH0_USER_DOMAIN: auth0.AUTH0_ADMIN_DOMAIN } });
    expect(providersOf(template)).toEqual([
      openId('https://admin.eu.auth0.com/', '^(adminClient|userClient)$'),
      { AuthenticationType: 'AWS_IAM' },
    ]);
  });

  test('come from the context too, and show in the outputs', async () => {
    const { template } = await synthesize({ context: auth0, environment: {} });
    expect(Object.keys(template.Outputs).sort()).toEqual([
      'AdminClientId',
      'AdminIssuer',
      'GraphQLUrl',
      'RealtimeUrl',
      'UserClientId',
      'UserIssuer',
    ]);
    expect(template.Outputs).toMatchObject({
      AdminIssuer: { Value: 'https://admin.eu.auth0.com/' },
      AdminClientId: { Value: 'adminClient' },
      UserIssuer: { Value: 'https://user.eu.auth0.com/' },
      UserClientId: { Value: 'userClient' },
    });
  });

  test.each(Object.keys(auth0))('a missing %s is named, with both ways to give it', async (name) => {
    const { [name as keyof typeof auth0]: _missing, ...environment } = auth0;
    await expect(synthesize({ environment })).rejects.toThrow(new RegExp(`^${name} is missing.*${name}=.*-c ${name}=`));
  });

  test.each(['https://admin.eu.auth0.com', 'admin.eu.auth0.com/', 'auth0', 'http://example.com:80/oidc'])(
    '%s is not taken for a domain',
    async (domain) => {
      await expect(synthesize({ environment: { ...auth0, AUTH0_ADMIN_DOMAIN: domain } })).rejects.toThrow(
        'AUTH0_ADMIN_DOMAIN must be a domain such as',
      );
    },
  );

  test('one application cannot be both', async () => {
    const environment = {
      ...auth0,
      AUTH0_USER_DOMAIN: auth0.AUTH0_ADMIN_DOMAIN.toUpperCase(),
      AUTH0_USER_CLIENT_ID: auth0.AUTH0_ADMIN_CLIENT_ID,
    };
    await expect(synthesize({ environment })).rejects.toThrow('AUTH0_USER_CLIENT_ID must not be AUTH0_ADMIN_CLIENT_ID');
  });

  test('an issuer on this machine may stand in for Auth0', async () => {
    const { template } = await synthesize({
      environment: { ...auth0, AUTH0_ADMIN_DOMAIN: 'http://127.0.0.1:4000/oidc/admin' },
    });
    expect(providersOf(template)[0]).toEqual(openId('http://127.0.0.1:4000/oidc/admin/', '^adminClient$'));
  });
});

describe('the stage', () => {
  test('dev, unless said otherwise, destroys its data with the stack', async () => {
    const { stack, template } = await synthesize();
    expect(stack).toMatchObject({ stackName: 'UserManagement-dev', terminationProtection: false });
    for (const [, table] of resourcesOf(template, 'AWS::DynamoDB::Table')) {
      expect(table).toMatchObject({ DeletionPolicy: 'Delete', Properties: { DeletionProtectionEnabled: false } });
    }
  });

  test('prod retains and protects tables, keeps messages and logs', async () => {
    const { stack, template } = await synthesize({ context: { stage: 'prod' } });
    expect(stack).toMatchObject({ stackName: 'UserManagement-prod', terminationProtection: true });
    for (const [, table] of resourcesOf(template, 'AWS::DynamoDB::Table')) {
      expect(table).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { DeletionProtectionEnabled: true },
      });
    }
    for (const type of ['AWS::SQS::Queue', 'AWS::Logs::LogGroup']) {
      for (const [, resource] of resourcesOf(template, type)) expect(resource.DeletionPolicy).toBe('Retain');
    }
  });

  test('another one is refused', async () => {
    await expect(synthesize({ context: { stage: 'production' } })).rejects.toThrow(
      '"stage" must be dev or prod, not production',
    );
  });
});

test('every table has point-in-time recovery, on-demand billing and encryption', async () => {
  const { template } = await synthesize();
  expect(resourcesOf(template, 'AWS::DynamoDB::Table')).toHaveLength(8);
  for (const [, { Properties }] of resourcesOf(template, 'AWS::DynamoDB::Table')) {
    expect(Properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
    });
  }
});

test('every function runs on arm64 and Node 24, under a role of its own that Lambda alone may assume', async () => {
  const { template } = await synthesize();
  const functions = resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
  expect(functions.map(({ FunctionName }) => FunctionName).sort()).toEqual(
    functionNames.map((name) => `UserManagement-dev-${name}`).sort(),
  );
  for (const { FunctionName, Architectures, Runtime } of functions)
    expect({ FunctionName, Architectures, Runtime }).toEqual({
      FunctionName,
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
    });
  const roles = functions.map(({ Role }) => String(Role?.['Fn::GetAtt']?.[0]));
  expect(new Set(roles).size).toBe(functions.length);
  for (const role of roles) {
    expect(template.Resources[role]).toMatchObject({
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }],
        },
      },
    });
  }
});

test('tombstones, outcomes and finished chunks expire; events and unique values never do', async () => {
  const { template } = await synthesize();
  const expiring = resourcesOf(template, 'AWS::DynamoDB::Table')
    .filter(([, { Properties }]) => Properties['TimeToLiveSpecification'])
    .map(([, { Properties }]) => Properties['TableName'].replace(/.*-/, ''));
  expect(expiring.sort()).toEqual(['authorization', 'commandOutcome', 'group', 'recovery', 'role', 'user']);
});

test('introspection can be switched off', async () => {
  const { template } = await synthesize({ context: { introspection: 'false' } });
  expect(
    find(template, 'AWS::AppSync::GraphQLApi', { Name: 'UserManagement-dev' })[1].Properties['IntrospectionConfig'],
  ).toBe('DISABLED');
});

describe('the context', () => {
  test('holds the feature flags of cdk.json, as the CDK command line would', () => {
    expect(fileContext()).toMatchObject({ '@aws-cdk/aws-iam:minimizePolicies': true });
  });

  test('takes -c as the CDK command line does', () => {
    expect(argumentContext(['-c', 'stage=prod', '--context', 'a=b=c'])).toEqual({ stage: 'prod', a: 'b=c' });
    expect(() => argumentContext(['-c', 'stage'])).toThrow('-c takes key=value, not stage');
    expect(() => argumentContext(['--stage', 'prod'])).toThrow('Settings are given as -c key=value');
  });
});
