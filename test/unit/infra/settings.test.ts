import { describe, expect, test } from 'vitest';
import { argumentContext, fileContext } from '../../../infra/context.ts';
import { functionNames } from '../../../infra/queues/timeouts.ts';
import { auth0, find, resourcesOf, settings, synthesize, type Template } from './synthesized.ts';

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
    const { template } = await synthesize({
      environment: { ...settings, AUTH0_USER_DOMAIN: auth0.AUTH0_ADMIN_DOMAIN },
    });
    expect(providersOf(template)).toEqual([
      openId('https://admin.eu.auth0.com/', '^(adminClient|userClient)$'),
      { AuthenticationType: 'AWS_IAM' },
    ]);
  });

  test('come from the context too, and show in the outputs', async () => {
    const { template } = await synthesize({ context: settings, environment: {} });
    expect(Object.keys(template.Outputs).sort()).toEqual([
      'AdminClientId',
      'AdminIssuer',
      'GraphQLUrl',
      'RealtimeUrl',
      'RedriveRoleArn',
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

  test.each(Object.keys(settings))('a missing %s is named, with both ways to give it', async (name) => {
    const { [name as keyof typeof settings]: _missing, ...environment } = settings;
    await expect(synthesize({ environment })).rejects.toThrow(new RegExp(`^${name} is missing.*${name}=.*-c ${name}=`));
  });

  test('all that is missing or wrong is told at once', async () => {
    const error = await synthesize({ environment: { EMAIL: 'maybe' }, context: { stage: 'test' } }).catch((e) => e);
    for (const name of Object.keys(settings)) expect(error.message).toContain(`${name} is missing`);
    expect(error.message).toContain('EMAIL must be verified or form, not maybe');
    expect(error.message).toContain('stage must be dev or prod, not test');
  });

  test.each(['https://admin.eu.auth0.com', 'admin.eu.auth0.com/', 'auth0', 'http://example.com:80/oidc'])(
    '%s is not taken for a domain',
    async (domain) => {
      await expect(synthesize({ environment: { ...settings, AUTH0_ADMIN_DOMAIN: domain } })).rejects.toThrow(
        'AUTH0_ADMIN_DOMAIN must be a domain such as',
      );
    },
  );

  test.each([auth0.AUTH0_ADMIN_DOMAIN.toUpperCase(), auth0.AUTH0_USER_DOMAIN])(
    'one application cannot be both, at %s',
    async (domain) => {
      const environment = { ...settings, AUTH0_USER_DOMAIN: domain, AUTH0_USER_CLIENT_ID: auth0.AUTH0_ADMIN_CLIENT_ID };
      await expect(synthesize({ environment })).rejects.toThrow(
        'AUTH0_USER_CLIENT_ID must not be AUTH0_ADMIN_CLIENT_ID',
      );
    },
  );

  test('an issuer on this machine may stand in for Auth0, in a local run alone', async () => {
    const environment = { ...settings, AUTH0_ADMIN_DOMAIN: 'http://127.0.0.1:4000/oidc/admin' };
    await expect(synthesize({ environment })).rejects.toThrow('AUTH0_ADMIN_DOMAIN must be a domain such as');
    const { template } = await synthesize({ environment: { ...environment, LOCAL_STACK: 'true' } });
    expect(providersOf(template)[0]).toEqual(openId('http://127.0.0.1:4000/oidc/admin/', '^adminClient$'));
  });
});

describe('a restored event store', () => {
  const EVENT_STORE_TABLE = 'UserManagement-dev-eventStore-restored';
  const eventStoreOf = (template: Template) =>
    resourcesOf(template, 'AWS::DynamoDB::Table').filter(([, { Properties }]) => Properties['StreamSpecification']);

  test('takes the place of the own one, as another resource, everywhere', async () => {
    const [own, restored] = [
      (await synthesize()).template,
      (await synthesize({ environment: { ...settings, EVENT_STORE_TABLE } })).template,
    ];
    const [[ownId] = []] = eventStoreOf(own);
    const [[id, table] = [], ...others] = eventStoreOf(restored);
    expect(others).toEqual([]);
    // Under the same id CloudFormation would make a new table, and find the name taken.
    expect(id).not.toBe(ownId);
    expect(table?.Properties['TableName']).toBe(EVENT_STORE_TABLE);
    // What is imported must say what becomes of it.
    expect(table).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    expect(JSON.stringify(restored)).not.toContain(`"${ownId}"`);
    const ids = (template: Template) => Object.keys(template.Resources).length;
    expect(ids(restored)).toBe(ids(own));
  });

  test('another one is another resource again, and the own name is none', async () => {
    const idWith = async (name: string) =>
      eventStoreOf((await synthesize({ environment: { ...settings, EVENT_STORE_TABLE: name } })).template)[0]?.[0];
    expect(await idWith(`${EVENT_STORE_TABLE}-2`)).not.toBe(await idWith(EVENT_STORE_TABLE));
    expect(await idWith('UserManagement-dev-eventStore')).toBe(eventStoreOf((await synthesize()).template)[0]?.[0]);
  });

  test.each(['a', 'a table', 'x'.repeat(256)])('%s is no name of a table', async (name) => {
    await expect(synthesize({ environment: { ...settings, EVENT_STORE_TABLE: name } })).rejects.toThrow(
      /^EVENT_STORE_TABLE must be the name of a table/,
    );
  });
});

test('the API knows its audience, and where addresses come from', async () => {
  const variables = async (environment: Record<string, string>) =>
    find((await synthesize({ environment })).template, 'AWS::AppSync::GraphQLApi', { Name: 'UserManagement-dev' })[1]
      .Properties['EnvironmentVariables'];
  expect(await variables(settings)).toMatchObject({ API_AUDIENCE: 'https://user-management/api', EMAIL: 'verified' });
  expect(await variables({ ...settings, EMAIL: 'form' })).toMatchObject({ EMAIL: 'form' });
  // Not ours: where mail programs look.
  expect(await variables({ ...settings, EMAIL: 'alice@example.com' })).toMatchObject({ EMAIL: 'verified' });
});

describe('names', () => {
  test('begin with a prefix of choice, so that two developers share an account', async () => {
    const { stack, template } = await synthesize({ environment: { ...settings, PREFIX: 'Alice' } });
    expect(stack.stackName).toBe('Alice-dev');
    const text = JSON.stringify(template);
    expect(text).not.toContain('UserManagement');
    const names = Object.values(template.Resources).flatMap(({ Properties }) =>
      ['TableName', 'QueueName', 'FunctionName', 'AlarmName', 'TopicName'].flatMap((key) => Properties?.[key] ?? []),
    );
    expect(names.length).toBeGreaterThan(60);
    for (const name of names) if (typeof name === 'string') expect(name).toMatch(/^Alice-dev-/);
  });

  test("hold the region where they are the whole account's, so that two regions share it", async () => {
    const { template } = await synthesize();
    for (const [, { Properties }] of resourcesOf(template, 'AWS::CloudWatch::Dashboard'))
      expect(JSON.stringify(Properties['DashboardName'])).toContain('AWS::Region');
    for (const type of ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::S3::Bucket'])
      for (const [, { Properties }] of resourcesOf(template, type)) {
        expect(JSON.stringify(Properties['RoleName'] ?? 'AWS::Region')).toContain('AWS::Region');
        expect(Properties).not.toHaveProperty('BucketName');
      }
  });

  test.each(['1st', 'a_b', 'a b', '-a', 'a--b', 'a'.repeat(33)])('%s is no prefix', async (PREFIX) => {
    await expect(synthesize({ environment: { ...settings, PREFIX } })).rejects.toThrow(
      /^PREFIX must be at most 32 letters/,
    );
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

  const holding = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup'];

  test('prod retains tables, messages and logs, but for those of a first creation that failed, which can be repeated', async () => {
    const { stack, template } = await synthesize({ context: { stage: 'prod' } });
    expect(stack).toMatchObject({ stackName: 'UserManagement-prod', terminationProtection: false });
    for (const [id, resource] of Object.entries(template.Resources)) {
      const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
      if (holding.includes(resource.Type)) expect(resource, id).toMatchObject(kept);
      // Anything else that stays behind would hold a name that the next try needs.
      expect(resource.DeletionPolicy ?? 'Delete', id).toMatch(/^(Delete|RetainExceptOnCreate)$/);
      // What refuses to be deleted would make the roll-back fail.
      expect(resource.Properties?.['DeletionProtectionEnabled'] ?? false, id).toBe(false);
    }
  });

  test('prod that stands is protected by a setting, and says so while it is not', async () => {
    const { stack, template } = await synthesize({ context: { stage: 'prod', protect: 'true' } });
    expect(stack.terminationProtection).toBe(true);
    for (const [, { Properties }] of resourcesOf(template, 'AWS::DynamoDB::Table'))
      expect(Properties['DeletionProtectionEnabled']).toBe(true);
    const warnings = async (context: Record<string, string>) =>
      JSON.stringify(
        (await synthesize({ context })).stack.node.metadata.filter(({ type }) => type === 'aws:cdk:warning'),
      );
    expect(await warnings({ stage: 'prod' })).toContain('protect=true');
    expect(await warnings({ stage: 'prod', protect: 'true' })).toBe('[]');
    expect(await warnings({})).toBe('[]');
  });

  test('another one is refused', async () => {
    await expect(synthesize({ context: { stage: 'production' } })).rejects.toThrow(
      'stage must be dev or prod, not production',
    );
  });
});

test('what cannot be made again is backed up; what can is not, as a backup would keep what was erased', async () => {
  const backedUp = async (context: Record<string, string> = {}) =>
    Object.fromEntries(
      resourcesOf((await synthesize({ context })).template, 'AWS::DynamoDB::Table').flatMap(([, { Properties }]) => {
        const { PointInTimeRecoverySpecification: spec } = Properties as Record<string, any>;
        const name = String(Properties['TableName']).replace('UserManagement-dev-', '');
        return spec?.PointInTimeRecoveryEnabled ? [[name, spec.RecoveryPeriodInDays ?? 'longest']] : [];
      }),
    );
  const others = { eventStore: 'longest', commandOutcome: 'longest', recovery: 'longest' };
  expect(await backedUp()).toEqual({ ...others, subjectKey: 7 });
  expect(await backedUp({ KEY_BACKUP_DAYS: '1' })).toEqual({ ...others, subjectKey: 1 });
  for (const days of ['0', '36', 'week'])
    await expect(backedUp({ KEY_BACKUP_DAYS: days })).rejects.toThrow(/KEY_BACKUP_DAYS/);
});

test('every table has on-demand billing and encryption', async () => {
  const { template } = await synthesize();
  expect(resourcesOf(template, 'AWS::DynamoDB::Table').length).toBeGreaterThan(7);
  for (const [, { Properties }] of resourcesOf(template, 'AWS::DynamoDB::Table')) {
    expect(Properties).toMatchObject({
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

test('tombstones, outcomes, counts, finished chunks and lists of what has ended expire; events and unique values never do', async () => {
  const { template } = await synthesize();
  const expiring = resourcesOf(template, 'AWS::DynamoDB::Table')
    .filter(([, { Properties }]) => Properties['TimeToLiveSpecification'])
    .map(([, { Properties }]) => Properties['TableName'].replace(/.*-/, ''));
  expect(expiring.sort()).toEqual([
    'authorization',
    'commandOutcome',
    'deadLetter',
    'directory',
    'group',
    'quota',
    'recovery',
    'role',
    'snapshot',
    'user',
  ]);
});

describe('concurrency', () => {
  const concurrencyOf = (template: Template) =>
    Object.fromEntries(
      resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => [
        String(Properties['EventSourceArn']['Fn::GetAtt'][0]).replace(/[0-9A-F]{8}$/, ''),
        Properties['ScalingConfig']?.MaximumConcurrency,
      ]),
    );

  test('is the least for every queue, as a new account has ten in all', async () => {
    const { eventStore: _stream, ...queues } = concurrencyOf((await synthesize()).template);
    expect(Object.keys(queues).length).toBeGreaterThan(26);
    for (const [name, value] of Object.entries(queues)) expect(value, name).toBe(2);
  });

  test.each([
    ['the context', { context: { CONCURRENCY: { default: 5, updateUser: 20 } } }],
    ['the environment', { environment: { ...settings, CONCURRENCY: '{"default":5,"updateUser":20}' } }],
  ])('can be chosen, for all and for one operation, in %s', async (_, options) => {
    expect(concurrencyOf((await synthesize(options)).template)).toMatchObject({
      createUserQueue: 5,
      executeCreateUserQueue: 5,
      updateUserQueue: 20,
      executeUpdateUserQueue: 20,
      recoveryQueue: 2,
    });
  });

  test.each([
    ['1', 'whole numbers from 2 to 1000, not 1'],
    ['{"updateUser":2.5}', 'not 2.5'],
    ['{"updateUsers":5}', 'CONCURRENCY names updateUsers, which has no queues of its own'],
    ['many', 'must be JSON, not many'],
  ])('cannot be %s', async (CONCURRENCY, message) => {
    await expect(synthesize({ environment: { ...settings, CONCURRENCY } })).rejects.toThrow(message);
  });
});

test.each([
  ['dev', {}, 'ENABLED'],
  ['dev', { introspection: 'false' }, 'DISABLED'],
  ['prod', {}, 'DISABLED'],
  ['prod', { introspection: true }, 'ENABLED'],
])('introspection in %s with %j is %s', async (stage, context, expected) => {
  const { template } = await synthesize({ context: { stage, ...context } });
  const [[, api] = []] = resourcesOf(template, 'AWS::AppSync::GraphQLApi');
  expect(api?.Properties['IntrospectionConfig']).toBe(expected);
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
