import { beforeAll, describe, expect, test } from 'vitest';
import { aggregateNames, queuePairs, replayQueueOf } from '../../../domain/operations.ts';
import { actionNames } from './actionNames.ts';
import { grantsOn, statementsOf } from './statements.ts';
import { arnOf, find, resourcesOf, synthesize, type Template } from './synthesized.ts';

let template: Template;
beforeAll(async () => {
  ({ template } = await synthesize());
});

const tableId = (name: string): string =>
  find(template, 'AWS::DynamoDB::Table', { TableName: `UserManagement-dev-${name}` })[0];
/** All queues of the stack of which the end of the name is given: of those who look after all of them. */
const queuesLike = (name: string): string =>
  JSON.stringify({
    'Fn::Join': [
      '',
      [
        'arn:',
        { Ref: 'AWS::Partition' },
        ':sqs:',
        { Ref: 'AWS::Region' },
        ':',
        { Ref: 'AWS::AccountId' },
        `:UserManagement-dev-${name}`,
      ],
    ],
  });
const queueArn = (name: string): string =>
  JSON.stringify(arnOf(find(template, 'AWS::SQS::Queue', { QueueName: `UserManagement-dev-${name}` })[0]));
const onTable = (name: string) => (resource: string) => resource.includes(`"${tableId(name)}"`);
const actionsOn = (table: string, role: RegExp): string[] =>
  grantsOn(template, onTable(table))
    .filter((grant) => role.test(grant.role))
    .map(({ action }) => action);
const writes = /^dynamodb:(Put|Update|Delete|BatchWrite|PartiQL)/;

describe('the event store', () => {
  test('nobody may update or delete an event', () => {
    const harmful = grantsOn(template, onTable('eventStore')).filter(({ action }) =>
      /Update|Delete|BatchWrite|PartiQL|\*/.test(action),
    );
    expect(harmful).toEqual([]);
  });

  test('only the command function may add events', () => {
    const appenders = grantsOn(template, onTable('eventStore')).filter(({ action }) => writes.test(action));
    expect(appenders).toEqual([{ role: expect.stringMatching(/^commandRole/), action: 'dynamodb:PutItem' }]);
  });
});

describe('the views', () => {
  test.each(aggregateNames)('view %s is written by execute and recovery alone', (name) => {
    const writers = grantsOn(template, onTable(name))
      .filter(({ action }) => writes.test(action))
      .map(({ role }) => role);
    expect(writers).not.toEqual([]);
    for (const writer of writers) expect(writer).toMatch(/^(execute|recovery)Role/);
  });

  test.each(aggregateNames)('execute cannot take a tombstone out of view %s', (name) => {
    expect(actionsOn(name, /^executeRole/)).not.toContain('dynamodb:DeleteItem');
  });

  test.each(aggregateNames)('the command function only looks into indexes of view %s', (name) => {
    for (const action of actionsOn(name, /^commandRole/)) expect(['dynamodb:Query', 'dynamodb:Scan']).toContain(action);
  });

  test('an API resolver writes nothing but the ledger of recoveries and the counts of commands', () => {
    const writable = statementsOf(template)
      .filter(({ role, actions }) => /DataSourceRole/.test(role) && actions.some((action) => writes.test(action)))
      .flatMap(({ resources }) => resources);
    expect(writable.sort()).toEqual(['recovery', 'quota'].map((name) => JSON.stringify(arnOf(tableId(name)))).sort());
  });
});

describe('the queues', () => {
  const senders = (queue: string) =>
    grantsOn(template, (resource) => resource === queueArn(queue))
      .filter(({ action }) => action === 'sqs:SendMessage')
      .map(({ role }) => role.replace(/[0-9A-F]{8}$/, ''))
      // An operator's, who brings back what was there before: with the API's help, or by hand.
      .filter((role) => !['pipelineRole', 'redriveRole'].includes(role));

  test.each(queuePairs)('$commandQueue takes commands from the API alone', ({ commandQueue }) => {
    expect(senders(commandQueue)).toEqual(['SqsDataSourceRole']);
  });

  test.each(queuePairs)('$executionQueue takes events from the functions alone', ({ executionQueue }) => {
    const replays = aggregateNames.map(replayQueueOf).includes(executionQueue);
    expect(senders(executionQueue).sort()).toEqual([
      'commandRole',
      'mediatorRole',
      ...(replays ? ['recoveryRole'] : []),
    ]);
  });

  test('each refuses messages from all but those roles that may send to it', () => {
    const refusing = resourcesOf(template, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
      (Properties['Queues'] as { Ref: string }[]).map(({ Ref }) => {
        const [statement] = (Properties['PolicyDocument'].Statement as any[]).filter(
          ({ Sid }) => Sid === 'SendersOnly',
        );
        expect(statement).toMatchObject({
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sqs:SendMessage',
          Resource: '*',
        });
        const arns = [statement.Condition.ArnNotEquals['aws:PrincipalArn']].flat();
        return [Ref, arns.map((arn: any) => arn['Fn::GetAtt'][0])] as const;
      }),
    );
    const queues = resourcesOf(template, 'AWS::SQS::Queue').map(([id]) => id);
    expect(refusing.map(([id]) => id).sort()).toEqual([...queues].sort());
    // Everybody who has the right is let through: a policy that forgot one would stop the system.
    for (const [id, roles] of refusing) {
      const senders = grantsOn(template, (resource) => resource === JSON.stringify(arnOf(id)))
        .filter(({ action }) => action === 'sqs:SendMessage')
        .map(({ role }) => role);
      for (const sender of senders) expect(roles, id).toContain(sender);
      expect(roles.length, id).toBeLessThanOrEqual(5);
    }
  });

  test('a function consumes the queues that trigger it, and no others', () => {
    const consumed = (role: RegExp) =>
      statementsOf(template)
        .filter((statement) => role.test(statement.role) && statement.actions.includes('sqs:ReceiveMessage'))
        .flatMap(({ resources }) => resources)
        .sort();
    expect(consumed(/^commandRole/)).toEqual(queuePairs.map(({ commandQueue }) => queueArn(commandQueue)).sort());
    expect(consumed(/^executeRole/)).toEqual(queuePairs.map(({ executionQueue }) => queueArn(executionQueue)).sort());
    expect(consumed(/^recoveryRole/)).toEqual([queueArn('recoveryQueue')]);
    // What nobody takes from otherwise.
    expect(consumed(/^pipelineRole/)).toEqual([queuesLike('*QueueDlq'), queueArn('mediatorFailureQueue')].sort());
  });
});

test('recovery alone may send to the queue that triggers it without being cut off', () => {
  const allowed = resourcesOf(template, 'AWS::Lambda::Function')
    .filter(([, { Properties }]) => Properties['RecursiveLoop'] === 'Allow')
    .map(([, { Properties }]) => Properties['FunctionName']);
  expect(allowed).toEqual(['UserManagement-dev-recovery']);
});

describe('every role', () => {
  test('names its actions and resources, without wildcards and managed policies', () => {
    for (const { actions, resources } of statementsOf(template)) {
      expect(actions.join()).not.toContain('*');
      // The one action that IAM narrows down to nothing.
      if (actions.join() === 'cloudwatch:GetMetricData') continue;
      const named = resources.filter((each) => ![queuesLike('*Queue'), queuesLike('*QueueDlq')].includes(each));
      expect(named.join()).not.toContain('*');
    }
    for (const [, { Properties }] of resourcesOf(template, 'AWS::IAM::Role'))
      expect(Properties['ManagedPolicyArns']).toBeUndefined();
  });

  test('spells its actions as AWS does', () => {
    for (const action of statementsOf(template).flatMap(({ actions }) => actions))
      expect(actionNames).toContain(action);
  });

  test('acts for this account alone, and a data source for this API', () => {
    const [apiId] = resourcesOf(template, 'AWS::AppSync::GraphQLApi')[0]!;
    for (const [id, { Properties }] of resourcesOf(template, 'AWS::IAM::Role')) {
      const [{ Principal, Condition }] = Properties['AssumeRolePolicyDocument'].Statement;
      if (!Principal.Service) {
        expect(id).toMatch(/^redriveRole/);
        continue;
      }
      expect(Condition?.StringEquals, id).toEqual({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } });
      if (/DataSourceRole/.test(id)) expect(Condition.ArnLike['aws:SourceArn'], id).toContainEqual(arnOf(apiId));
    }
  });

  test('belongs to one function or one data source', () => {
    const users = [
      ...resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties['Role']),
      ...resourcesOf(template, 'AWS::AppSync::DataSource').map(([, { Properties }]) => Properties['ServiceRoleArn']),
    ]
      .filter((role) => role !== undefined)
      .map((role) => JSON.stringify(role));
    expect(new Set(users).size).toBe(users.length);
  });
});

test('only the functions may publish, each what it has to tell', () => {
  const published = statementsOf(template)
    .filter(({ actions }) => actions.includes('appsync:GraphQL'))
    .map(({ role, resources }) => [
      role.replace(/Role.*/, ''),
      resources.map((resource) => /fields\/(\w+)/.exec(resource)?.[1]).sort(),
    ]);
  expect(Object.fromEntries(published)).toEqual({
    command: ['publishCommandOutcome'],
    execute: ['publishCommandOutcome', 'publishProjectionUpdate'],
    recovery: ['publishRecoveryProgress'],
  });
});
