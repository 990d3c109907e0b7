import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { matchesPattern } from 'appsync-local/parts';
import type { GatewayCall } from 'appsync-local/parts';
import { dynamoDbPermissions, sqsPermissions } from 'appsync-local/parts';
import type { LambdaEvent } from 'appsync-local/parts';
import { callAs } from '../support/clients/callAs.ts';
import { eventually } from '../support/clients/client.ts';
import { doEverything } from '../support/models/everything.ts';
import { type Grant, grantsOf, type Judged, needs, recordDecisions, without } from '../support/models/decisions.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';

let own: OwnStack;
let judged: Judged[];
/** One of each kind of call that functions and data sources made. */
const calls = new Map<string, GatewayCall>();
const events: LambdaEvent[] = [];
beforeAll(async () => {
  const recorder = recordDecisions();
  try {
    own = await ownStack({ onLambdaEvent: (event) => events.push(event) });
    own.stack.gateway.onCall((call) => {
      if (call.phase === 'before')
        calls.set(
          `${call.caller} ${call.operation} ${tablesOf(call) ?? String(call.input['TableName'] ?? call.input['QueueUrl'] ?? '')} ${String(call.input['IndexName'])}`,
          call,
        );
    });
    await doEverything(own);
    judged = recorder.judged();
  } finally {
    recorder.stop();
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => own?.stop());

/** The tables of a batch. */
const tablesOf = ({ input }: GatewayCall): string | undefined => {
  const requests = input['RequestItems'];
  return typeof requests === 'object' && requests !== null ? Object.keys(requests).sort().join(' ') : undefined;
};

const uses = (grant: Grant): Judged[] =>
  judged.filter((each) => each.role === grant.role && each.allowed && needs(each, grant, own.stack.model));

/** Of a grant, the actions on resources that nothing used. */
const unused = (grant: Grant): string[] => {
  const used = uses(grant);
  return grant.statement.actions.flatMap((action) =>
    grant.statement.resources
      .filter((resource) => !used.some((use) => use.action === action && matchesPattern(resource, use.resource)))
      .map((resource) => `${grant.statement.source} ${action} ${resource.replace(/^.*000000000000:/, '')}`),
  );
};

describe('the grants, as the stack does everything that it can do', () => {
  it('suffice: nothing is denied', () => {
    // A signed caller of the API is asked what it may do there at all, field by field.
    const denied = judged.filter(({ allowed, action }) => !allowed && action !== 'appsync:GraphQL');
    expect(denied.map(({ role, action, resource }) => `${role.name} ${action} ${resource}`)).toEqual([]);
  });

  it('are needed, each of them: without it a call is denied', () => {
    const grants = grantsOf(own.stack.model);
    expect(grants.length).toBeGreaterThan(40);
    expect(grants.filter((grant) => uses(grant).length === 0).map(({ name }) => name)).toEqual([]);
  });

  it('allow nothing that is not done: each of their actions, on each of their resources', () => {
    expect(grantsOf(own.stack.model).flatMap(unused)).toEqual([]);
  });

  it('would not do so unseen', () => {
    const [grant] = grantsOf(own.stack.model).filter(
      ({ role, statement }) => /^execute/.test(role.logicalId) && statement.actions.includes('dynamodb:UpdateItem'),
    );
    const { role, statement } = grant!;
    const lavish = { ...statement, actions: [...statement.actions, 'dynamodb:DeleteItem'] };
    role.statements.splice(role.statements.indexOf(statement), 1, lavish);
    try {
      const found = unused({ ...grant!, statement: lavish }).filter((each) => each.includes('DeleteItem'));
      expect(found).toEqual(
        statement.resources.map(
          (resource) => `${statement.source} dynamodb:DeleteItem ${resource.replace(/^.*:/, '')}`,
        ),
      );
    } finally {
      role.statements.splice(role.statements.indexOf(lavish), 1, statement);
    }
  });
});

const eventsSince = 'eventsSince(timestamp: "2020-01-01T00:00:00Z") { items { eventId } }';

const permissionsOf = ({ service, operation, input }: GatewayCall) =>
  (service === 'sqs' ? sqsPermissions : dynamoDbPermissions)(operation, input, {
    region: 'us-east-1',
    accountId: '000000000000',
    tables: own.stack.model.tables,
  }) ?? [];

const targetOf = ({ service, operation }: GatewayCall): string =>
  `${service === 'sqs' ? 'AmazonSQS' : /Stream|Shard|Records/.test(operation) ? 'DynamoDBStreams_20120810' : 'DynamoDB_20120810'}.${operation}`;

describe('a running stack that loses a grant', () => {
  it('denies the call of a table or queue that needed it, by name: for every such grant', async () => {
    const grants = grantsOf(own.stack.model).filter(({ statement }) =>
      statement.actions.some((action) => /^(dynamodb|sqs):/.test(action)),
    );
    expect(grants.length).toBeGreaterThan(30);
    for (const grant of grants) {
      const { role } = grant;
      const found = [...calls.values()]
        .filter(({ caller }) => caller === role.name)
        .flatMap((call) =>
          permissionsOf(call)
            .filter((permission) => needs({ role, context: {}, ...permission }, grant, own.stack.model))
            .map((permission) => ({ call, permission })),
        )[0];
      expect(found, grant.name).toBeDefined();
      const { call, permission } = found!;
      const answer = await without(grant, () =>
        callAs(
          own.stack.iam.credentialsFor(role.arn),
          call.service,
          own.outputs.SqsEndpoint,
          JSON.stringify(call.input),
          { 'x-amz-target': targetOf(call) },
        ),
      );
      expect(answer.status, grant.name).toBe(call.service === 'sqs' ? 403 : 400);
      expect(JSON.parse(answer.body)).toEqual({
        __type: expect.stringContaining('AccessDeniedException'),
        message: `User: ${role.arn} is not authorized to perform: ${permission.action} on resource: ${permission.resource} because no identity-based policy allows the ${permission.action} action`,
      });
    }
  });

  const granting = (action: string): Grant[] =>
    grantsOf(own.stack.model).filter(({ statement }) => statement.actions.includes(action));

  it('denies publishing to each function that publishes', async () => {
    const grants = granting('appsync:GraphQL');
    expect(grants.map(({ role }) => role.logicalId.replace(/Role.*/, '')).sort()).toEqual([
      'command',
      'execute',
      'recovery',
    ]);
    for (const grant of grants) {
      const [, field] = /fields\/(\w+)$/.exec(grant.statement.resources[0]!)!;
      const argument = {
        publishProjectionUpdate: 'update',
        publishCommandOutcome: 'outcome',
        publishRecoveryProgress: 'recovery',
      }[field!];
      const body = JSON.stringify({ query: `mutation { ${field}(${argument}: "{}") { __typename } }` });
      const publish = () =>
        callAs(own.stack.iam.credentialsFor(grant.role.arn), 'appsync', own.outputs.GraphQLUrl, body, {
          'content-type': 'application/json',
        });
      expect((await publish()).status).toBe(200);
      const denied = await without(grant, publish);
      expect([denied.status, denied.body]).toEqual([401, expect.stringContaining('UnauthorizedException')]);
    }
  });

  it('denies the API its question to each function that answers it', async () => {
    const questions: Record<string, string> = { history: eventsSince, pipeline: 'pipeline { deadLetters }' };
    const grants = granting('lambda:InvokeFunction');
    const functionOf = ({ statement }: Grant): string => statement.resources[0]!.replace(/.*-/, '');
    expect(grants.map(functionOf).sort()).toEqual(Object.keys(questions).sort());
    for (const grant of grants) {
      const question = questions[functionOf(grant)]!;
      const ask = () => own.admin.ask(`{ ${question} }`);
      expect((await ask()).errors, question).toBeUndefined();
      expect((await without(grant, ask)).errors).toEqual([
        expect.objectContaining({ path: [/^\w+/.exec(question)![0]], errorType: 'READ_UNAVAILABLE' }),
      ]);
    }
  });

  it('writes no log for a function whose role may not, and says so', async () => {
    const { functions } = own.stack.model;
    const grants = functions.map(({ roleArn }) =>
      granting('logs:PutLogEvents').filter(({ role }) => role.arn === roleArn),
    );
    expect(grants.map(({ length }) => length)).toEqual(functions.map(() => 1));
    const history = grants.flat().find(({ role }) => /^history/.test(role.logicalId))!;
    const fn = functions.find(({ roleArn }) => roleArn === history.role.arn)!;
    const log = () => readFileSync(join(own.stateDir, 'logs', `${fn.name}.log`), 'utf8').length;
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    for (const { id, functionName } of own.stack.lambda.workers())
      if (functionName === fn.name) own.stack.lambda.killWorker(id);
    await eventually('the function has no environment', async () =>
      own.stack.lambda.workers().every(({ functionName }) => functionName !== fn.name),
    );
    const before = log();
    await without(history, () => own.admin.get(`{ ${eventsSince} }`));
    expect(log()).toBe(before);
    expect(events.filter(({ kind }) => kind === 'denied')).toEqual(
      ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({
        kind: 'denied',
        functionName: fn.name,
        action,
        resource: expect.stringContaining(`/aws/lambda/${fn.name}:`),
      })),
    );
    expect(told.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(fn.name))).toEqual([
      expect.stringContaining(`${history.role.name} is not allowed logs:CreateLogStream`),
      expect.stringContaining('logs:PutLogEvents'),
    ]);
  });

  it('writes no log of the API if its log role may not, and says so', async () => {
    const [grant, ...others] = grantsOf(own.stack.model).filter(
      ({ role }) => role.arn === own.stack.model.api.logRoleArn,
    );
    expect(others).toEqual([]);
    const log = join(own.stateDir, 'logs', 'appsync.log');
    const fail = (limit: number) =>
      own.admin.ask('query($limit: Int) { groups(limit: $limit) { nextToken } }', { limit });
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await without(grant!, () => fail(-7));
    expect(told.mock.calls).toEqual([
      [
        expect.stringMatching(
          /log role .*apiLogRole.* is not allowed logs:CreateLogGroup, logs:CreateLogStream, logs:PutLogEvents/,
        ),
      ],
    ]);
    await fail(-8);
    await eventually(
      'the log has the error',
      async () => readFileSync(log, 'utf8').split('groups: INVALID: limit').length > 1,
    );
    expect(readFileSync(log, 'utf8').split('groups: INVALID: limit')).toHaveLength(2);
  });
});
