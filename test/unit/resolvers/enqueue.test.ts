import { describe, expect, it } from 'vitest';
import { operations } from '../../../domain/operations.ts';
import { env, logged, queues, resolve, type Sender, sent, user, withToken } from './harness.ts';

const commandId = '7f6c0f8e-5a0c-4b6e-9d1f-0a4b8f1f2c3d';
const alice = {
  id: 'alice',
  firstName: 'Alice',
  lastName: 'Archer',
  birthDate: '1990-02-28',
  email: 'Alice@Example.com',
  roleId: 'r1',
  groupId: 'g1',
};
const profile = { firstName: 'Alice', lastName: 'Archer', birthDate: '1990-02-28', email: 'alice@example.com' };
const mutate = (fieldName: string, args: Record<string, unknown>, from?: typeof user) =>
  resolve('Mutation', fieldName, { args, from, dataSources: queues });
const rejected = (fieldName: string, args: Record<string, unknown>, from?: typeof user) => {
  const outcome = mutate(fieldName, args, from);
  expect(outcome.requests.filter(({ dataSource }) => dataSource === 'Sqs')).toEqual([]);
  return outcome.error;
};

describe('a mutation', () => {
  it("puts its command on its operation's queue, and answers with a receipt", () => {
    const outcome = mutate('createUser', { input: alice, commandId });
    const { queueUrl, message } = sent(outcome);
    const { id: _, ...attributes } = alice;
    expect(queueUrl).toBe('https://sqs.example/1/stack-createUserQueue');
    expect(message).toEqual({
      commandId,
      operation: 'createUser',
      aggregate: 'user',
      aggregateId: 'alice',
      actor: 'admin:auth0|root',
      input: attributes,
      sentAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(outcome.value).toEqual({ commandId, operation: 'createUser', aggregate: 'USER', aggregateId: 'alice' });
  });

  it("speaks SQS's JSON protocol", () => {
    const { dataSource, request } = mutate('createUser', { input: alice }).requests[0]!;
    expect(dataSource).toBe('Sqs');
    expect(request).toMatchObject({
      method: 'POST',
      resourcePath: '/',
      params: { headers: { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': 'AmazonSQS.SendMessage' } },
    });
  });

  it('makes a command id where the client gives none, or null', () => {
    const ids = [undefined, null].map(
      (given) => mutate('createUser', { input: alice, commandId: given }).value.commandId,
    );
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it.each(['createRole', 'createAuthorization', 'createGroup'])(
    "%s takes the command's id for what it creates",
    (operation) => {
      const outcome = mutate(operation, { input: { name: 'n', description: 'd', authorizationIds: [] }, commandId });
      expect(outcome.value).toMatchObject({ commandId, aggregateId: commandId });
      expect(sent(outcome).message.aggregateId).toBe(commandId);
    },
  );

  it.each(['updateUser', 'deleteUser'])('%s passes on the expected version', (operation) => {
    expect(sent(mutate(operation, { input: { id: 'alice', expectedVersion: 3 } })).message).toMatchObject({
      expectedVersion: 3,
      input: {},
    });
    expect(sent(mutate(operation, { input: { id: 'alice', expectedVersion: null } })).message).not.toHaveProperty(
      'expectedVersion',
    );
  });

  it('passes on what an update says, and null where it clears', () => {
    expect(sent(mutate('updateUser', { input: { id: 'alice', roleId: null, email: 'a@b.de' } })).message.input).toEqual(
      { roleId: null, email: 'a@b.de' },
    );
  });

  it('of the user application is about the caller, whatever the input says', () => {
    const signUp = sent(mutate('signUp', { input: { ...profile, id: 'bob', roleId: 'r1' } }, user));
    expect(signUp.queueUrl).toMatch(/-signUpQueue$/);
    expect(signUp.message).toMatchObject({
      operation: 'signUp',
      aggregateId: 'alice',
      actor: 'user:auth0|alice',
      input: profile,
    });
    expect(signUp.message.input).not.toHaveProperty('roleId');
    const update = sent(mutate('updateProfile', { input: { firstName: 'Al', groupId: 'g1' } }, user));
    expect(update.queueUrl).toMatch(/-updateProfileQueue$/);
    expect(update.message).toMatchObject({
      operation: 'updateProfile',
      aggregateId: 'alice',
      input: { firstName: 'Al' },
    });
    expect(update.message.input).not.toHaveProperty('groupId');
  });

  describe('that says an address', () => {
    const verified = { ...env, EMAIL: 'verified' };
    const claims = {
      'https://user-management/email': 'Alice@example.com',
      'https://user-management/email_verified': true,
    };
    const from = (more: Record<string, unknown>) =>
      withToken(env.USER_ISSUER, 'auth0|alice', { azp: env.USER_CLIENT_ID, ...more });
    const signUp = (more: Record<string, unknown>, settings: Record<string, string> = verified) =>
      resolve('Mutation', 'signUp', { args: { input: profile }, from: from(more), env: settings, dataSources: queues });

    it('passes on that the token proves it', () => {
      const proved = { email: 'Alice@example.com' };
      expect(sent(signUp(claims)).message).toMatchObject({ input: profile, proved });
      expect(sent(signUp(claims, env)).message).toMatchObject({ proved });
    });

    it.each([
      ['no claim', {}],
      ['no word of proof', { 'https://user-management/email': profile.email }],
      ['an address that is not verified', { ...claims, 'https://user-management/email_verified': false }],
      ['another address', { ...claims, 'https://user-management/email': 'eve@example.com' }],
      ['a claim that is no text', { ...claims, 'https://user-management/email': [profile.email] }],
      ['the claim of an ID token', { email: profile.email, email_verified: true }],
    ])('is refused with %s, at once and before it is counted', (_, more) => {
      expect(signUp(more)).toMatchObject({
        requests: [],
        error: { type: 'EMAIL_NOT_VERIFIED', info: { field: 'email' } },
      });
      expect(signUp(more, { ...env, EMAIL: '' }).error).toMatchObject({ type: 'EMAIL_NOT_VERIFIED' });
      expect(sent(signUp(more, env)).message.proved).toEqual({});
      const rest = resolve('Mutation', 'updateProfile', {
        args: { input: { firstName: 'Al' } },
        from: from(more),
        env: verified,
        dataSources: queues,
      });
      expect(sent(rest).message).toMatchObject({ input: { firstName: 'Al' } });
    });

    it('of an admin needs no proof', () => {
      const { message } = sent(
        resolve('Mutation', 'createUser', { args: { input: alice }, env: verified, dataSources: queues }),
      );
      expect(message).not.toHaveProperty('proved');
    });
  });

  it('exists for each operation, and reaches its queue', () => {
    for (const { name, caller, commandQueue } of Object.values(operations)) {
      const input = {
        ...alice,
        name: 'n',
        description: 'd',
        authorizationIds: ['a1'],
        aggregate: 'ROLE',
        aggregateId: 'r1',
        version: 1,
        payload: { name: 'n' },
        roleId: 'r1',
        authorizationId: 'a1',
        reason: 'r',
      };
      const outcome = mutate(name, { input }, caller === 'user' ? user : undefined);
      expect({ name, queueUrl: sent(outcome).queueUrl }).toEqual({
        name,
        queueUrl: `https://sqs.example/1/stack-${commandQueue}`,
      });
    }
  });
});

describe('a wrong input is refused by field and rule, before the queue', () => {
  const notEmpty = 'must not be empty';
  const date = 'must be a date as YYYY-MM-DD, from 1900-01-01 to today';
  it.each([
    ['an empty name', { firstName: '' }, 'firstName', notEmpty],
    ['a blank name', { firstName: ' \t ' }, 'firstName', notEmpty],
    ['a long name', { firstName: 'x'.repeat(101) }, 'firstName', 'must have at most 100 characters'],
    ['a name of two lines', { firstName: 'a\nb' }, 'firstName', /^must be one line/],
    ['a day that the calendar lacks', { birthDate: '2023-02-29' }, 'birthDate', date],
    ['a month that it lacks', { birthDate: '2023-13-01' }, 'birthDate', date],
    ['a date with half an offset', { birthDate: '2000-01-01+05' }, 'birthDate', date],
    ['a date to come', { birthDate: '2999-01-01' }, 'birthDate', date],
    ['a date too long ago', { birthDate: '1899-12-31' }, 'birthDate', date],
    ['no e-mail address', { email: 'alice' }, 'email', 'must be an e-mail address as name@example.com'],
    [
      'an e-mail address with what is no character',
      { email: 'a\uffff@b.de' },
      'email',
      'must be an e-mail address as name@example.com',
    ],
    ['no id', { id: '' }, 'id', /^must be 1 to 128 printable/],
    [
      'an id with its prefix',
      { id: 'auth0|alice' },
      'id',
      /without `auth0\|` in front: the id of `auth0\|alice` is `alice`$/,
    ],
    ['an id with a space', { id: 'al ice' }, 'id', /printable/],
    ['an id with a line break at its end', { id: 'alice\n' }, 'id', /printable/],
    ['no role', { roleId: null }, 'roleId', 'is required'],
  ])('%s', (_, wrong, field, rule) => {
    const error = rejected('createUser', { input: { ...alice, ...wrong } });
    expect(error).toMatchObject({
      type: 'INVALID',
      info: { field, rule: typeof rule === 'string' ? rule : expect.stringMatching(rule) },
    });
    expect(error?.message).toBe(`${field}: ${(error?.info as { rule: string }).rule}`);
  });

  it.each([
    ['a command id that is no UUID', 'createUser', { input: alice, commandId: 'mine' }, 'commandId'],
    ['an empty command id', 'createUser', { input: alice, commandId: '' }, 'commandId'],
    ['an expected version of 0', 'deleteUser', { input: { id: 'alice', expectedVersion: 0 } }, 'expectedVersion'],
    ['a name that is null in an update', 'updateRole', { input: { id: 'r1', name: null } }, 'name'],
    [
      'authorizations named twice',
      'createRole',
      { input: { name: 'n', description: 'd', authorizationIds: ['a', 'a'] } },
      'authorizationIds',
    ],
    [
      'too many authorizations',
      'createRole',
      { input: { name: 'n', description: 'd', authorizationIds: Array.from({ length: 101 }, (_, n) => `a${n}`) } },
      'authorizationIds',
    ],
    ['a description too long', 'createGroup', { input: { name: 'n', description: 'x'.repeat(1001) } }, 'description'],
  ])('%s', (_, operation, args, field) => {
    expect(rejected(operation, args)).toMatchObject({ type: 'INVALID', info: { field } });
  });

  it('a sign-up without a name', () => {
    const { firstName: _, ...rest } = profile;
    expect(rejected('signUp', { input: rest }, user)).toMatchObject({
      type: 'INVALID',
      message: 'firstName: is required',
    });
  });
});

describe('a sender', () => {
  const groupOf = (from?: Sender) =>
    mutate(from ? 'updateProfile' : 'deleteUser', { input: from ? {} : { id: 'x' } }, from).requests.at(-1)!.request
      .params.body.MessageGroupId;
  const named = (sub: string) => withToken(env.USER_ISSUER, sub, { azp: env.USER_CLIENT_ID });

  it('has a group of its own on the queue, in letters that a queue takes', () => {
    const senders = [
      undefined,
      user,
      named('samlp|adfs|Иванов Иван'),
      named(`oidc|${'ж'.repeat(249)}1`),
      named(`oidc|${'ж'.repeat(249)}2`),
    ];
    const groups = senders.map(groupOf);
    expect(new Set(groups).size).toBe(senders.length);
    for (const group of groups) expect(group).toMatch(/^[A-Za-z0-9+/=]{1,128}$/);
    expect(groupOf(user)).toBe(groupOf(user));
  });

  it('of the user application has a quota, counted by the minute and by ten seconds; an admin has none', () => {
    const { requests } = mutate('updateProfile', { input: {} }, user);
    expect(requests.map(({ dataSource }) => dataSource)).toEqual(['Quota', 'Sqs']);
    expect(requests[0]!.request).toMatchObject({
      operation: 'UpdateItem',
      key: { quotaKey: { S: expect.stringMatching(/^user:auth0\|alice#\d+$/) } },
      condition: {
        expression:
          '(attribute_not_exists(#used) OR #used < :most) AND (attribute_not_exists(#part) OR #part < :mostInPart)',
        expressionNames: { '#used': 'used', '#part': expect.stringMatching(/^used[0-5]$/) },
        expressionValues: { ':most': { N: 60 }, ':mostInPart': { N: 20 } },
      },
    });
    expect(mutate('deleteUser', { input: { id: 'x' } }).requests.map(({ dataSource }) => dataSource)).toEqual(['Sqs']);
  });

  it.each([
    ['updateProfile', { input: { firstName: '' } }],
    ['updateProfile', { input: {}, commandId: 'x' }],
    ['signUp', { input: {} }],
  ])('loses nothing of the quota by what is refused: %s %j', (operation, args) => {
    const { error, requests } = mutate(operation, args, user);
    expect([error?.type, requests]).toEqual(['INVALID', []]);
  });

  it('is told when the quota is used up, and nothing is queued', () => {
    const outcome = resolve('Mutation', 'updateProfile', {
      args: { input: {} },
      from: user,
      dataSources: () => ({ result: null, error: { message: 'no', type: 'DynamoDB:ConditionalCheckFailedException' } }),
    });
    expect(outcome.error).toMatchObject({
      type: 'TOO_MANY_COMMANDS',
      info: { commandsAMinute: 60, commandsInTenSeconds: 20 },
    });
    expect(outcome.requests).toHaveLength(1);
  });

  it('is not let through when nobody can count', () => {
    const outcome = resolve('Mutation', 'updateProfile', {
      args: { input: {} },
      from: user,
      dataSources: () => ({ result: null, error: { message: 'slow down', type: 'DynamoDB:ThrottlingException' } }),
    });
    expect(outcome.error).toMatchObject({ type: 'QUEUE_UNAVAILABLE' });
    expect(outcome.requests).toHaveLength(1);
  });
});

describe('a value out of all proportion', () => {
  it('is refused for what was sent, and what is queued is what is stored', () => {
    expect(rejected('createUser', { input: { ...alice, firstName: `${' '.repeat(5000)}Alice` } })).toMatchObject({
      message: 'firstName: must have at most 100 characters',
    });
    expect(
      sent(mutate('createUser', { input: { ...alice, firstName: `  Jose\u0301\u00a0` } })).message.input.firstName,
    ).toBe('Jos\u00e9');
  });
});

describe('correctEvent', () => {
  const correct = (more: Record<string, unknown>) => ({
    input: { aggregate: 'USER', aggregateId: 'alice', version: 2, payload: { firstName: 'Al' }, ...more },
  });

  const insertion = { kind: 'INSERT', version: null, type: 'UserCreated', effectiveAt: '2026-01-01T00:00:00Z' };

  it('passes on the version and the payload', () => {
    const outcome = mutate('correctEvent', correct({}));
    expect(outcome.value).toMatchObject({ operation: 'correctEvent', aggregate: 'USER', aggregateId: 'alice' });
    expect(sent(outcome)).toMatchObject({
      queueUrl: expect.stringMatching(/-correctEventQueue$/),
      message: {
        operation: 'correctEvent',
        aggregate: 'user',
        aggregateId: 'alice',
        input: { kind: 'REPLACE', version: 2, payload: { firstName: 'Al' } },
      },
    });
  });

  it.each([
    ['no version', { version: 0 }, 'version'],
    ['no object', { payload: 'x' }, 'payload'],
    ['null', { payload: null }, 'payload'],
    ['a list', { payload: [] }, 'payload'],
    ['more than 100 KB', { payload: { firstName: 'é'.repeat(52_000) } }, 'payload.firstName'],
    ['what is no character', { payload: { firstName: 'a\uffff' } }, 'payload.firstName'],
    ['a value that breaks a rule', { payload: { firstName: 'Al', email: 'a..b@docomo.example' } }, 'payload.email'],
    ['a value that an insertion lacks', { ...insertion, payload: { firstName: 'Al' } }, 'payload.lastName'],
    ['an attribute of another event', { ...insertion, payload: { reason: 'r' } }, 'payload.reason'],
    ['an unknown attribute', { payload: { nickname: 'x' } }, 'payload.nickname'],
    ['a prototype', { payload: JSON.parse('{"__proto__":{"admin":true}}') }, 'payload.__proto__'],
    ['a constructor', { payload: { constructor: { prototype: {} } } }, 'payload.constructor'],
    [
      'a thousand attributes',
      { payload: Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`a${n}`, n])) },
      'payload.a0',
    ],
    ['an empty id', { aggregateId: '' }, 'aggregateId'],
    ['a cancellation with a payload', { kind: 'CANCEL' }, 'payload'],
    ['a move without a moment', { kind: 'MOVE', payload: null }, 'effectiveAt'],
    ['an insertion of a version', { kind: 'INSERT', type: 'UserUpdated' }, 'version'],
    ['an insertion of an erasure', { ...insertion, type: 'UserErased' }, 'type'],
    [
      'an insertion of no type of event',
      { kind: 'INSERT', version: null, type: 'UserHired', effectiveAt: '2026-01-01T00:00:00Z' },
      'type',
    ],
  ])('refuses %s', (_, wrong, field) => {
    expect(rejected('correctEvent', correct(wrong))).toMatchObject({ type: 'INVALID', info: { field } });
  });
});

describe('a queue that fails', () => {
  it.each([
    ['refuses', { result: { statusCode: 400, headers: {}, body: '{"__type":"QueueDoesNotExist"}' } }, 'HTTP:400'],
    ['is throttled', { result: { statusCode: 503, headers: {}, body: '' } }, 'HTTP:503'],
    ['answers without a message id', { result: { statusCode: 200, headers: {}, body: '{}' } }, 'HTTP:200'],
    ['answers with no JSON', { result: { statusCode: 200, headers: {}, body: '<html>' } }, 'HTTP:200'],
    [
      'cannot be reached',
      { result: null, error: { message: 'connect timed out to arn:aws:sqs:x', type: 'HTTP:Timeout' } },
      'HTTP:Timeout',
    ],
  ])('and %s makes a clear error that may be retried, under the same command id', (_, answer, cause) => {
    const { error } = resolve('Mutation', 'createUser', {
      args: { input: alice, commandId },
      dataSources: () => answer,
    });
    expect(error).toEqual({
      type: 'QUEUE_UNAVAILABLE',
      message: `The command could not be queued; try again with commandId ${commandId}`,
      data: null,
      info: { cause },
    });
    expect(logged.at(-1)).toContain(cause);
  });
});
