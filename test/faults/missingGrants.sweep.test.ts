import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemOf } from '../../functions/ports/eventStore/item.ts';
import type { Template } from 'appsync-local/parts';
import { eventually, unique } from '../support/clients/client.ts';
import { createGroup } from '../support/clients/commands.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';

/** Stacks that really start from a template in which grants are missing: what an operator gets to see of it. */
/** Takes statements, as [role or policy, sid], out of a template. Each must be there. */
const withoutGrants =
  (...grants: [owner: string, sid: string][]) =>
  (template: Template): Template => {
    for (const [owner, sid] of grants) {
      const documents = Object.entries(template.Resources)
        .filter(([id]) => new RegExp(`^${owner}[0-9A-F]{8}$`).test(id))
        .flatMap(
          ([, { Properties = {} }]) =>
            (Properties['Policies'] as { PolicyDocument: unknown }[] | undefined)?.map(
              ({ PolicyDocument }) => PolicyDocument,
            ) ?? [Properties['PolicyDocument']],
        ) as { Statement: { Sid: string }[] }[];
      const before = documents.flatMap(({ Statement }) => Statement).length;
      for (const document of documents) document.Statement = document.Statement.filter(({ Sid }) => Sid !== sid);
      if (documents.flatMap(({ Statement }) => Statement).length !== before - 1)
        throw new Error(`${owner} has no statement ${sid}`);
    }
    return template;
  };

describe('a stack does not start, and says why,', () => {
  it.each([
    [
      'the mediator may not read the stream',
      'mediatorRole',
      'ReadStream',
      /^Mapping eventStoreMapping\w+: role mediatorRole\w+ .* of function mediatorFunction\w+ is not allowed dynamodb:DescribeStream on .*eventStore\/stream/,
    ],
    [
      'the mediator may not report failures',
      'mediatorRole',
      'ReportFailures',
      /^Mapping eventStoreMapping\w+: .*mediatorRole.* is not allowed sqs:SendMessage on .*mediatorFailureQueue/,
    ],
    [
      'a function may not consume its queues',
      'executeRole',
      'ConsumeQueues',
      /^Mapping execute\w+QueueMapping\w+: role executeRole\w+ .* is not allowed sqs:ReceiveMessage on .*-execute\w+Queue/,
    ],
  ])('if %s', async (_, owner, sid, words) => {
    await expect(ownStack({ transformTemplate: withoutGrants([owner, sid]) })).rejects.toThrow(words);
  });
});

describe('a stack whose functions and data sources lack grants', () => {
  let own: OwnStack;
  beforeAll(async () => {
    own = await ownStack({
      queueVisibilityOverrideSeconds: 1,
      transformTemplate: withoutGrants(
        ['SqsDataSourceRole', 'Enqueue'],
        ['UserDataSourceRole', 'FindInView'],
        ['HistoryDataSourceRole', 'AskHistory'],
        ['commandRole', 'AppendEvents'],
        ['executeRole', 'Publish'],
      ),
    });
  });
  afterAll(() => own?.stop());

  const logOf = (name: string): string => readFileSync(join(own.stateDir, 'logs', `${name}.log`), 'utf8');
  const denied = (role: string, action: string, resource: string) =>
    new RegExp(`${role}\\w* is not authorized to perform: ${action} on resource: \\S*${resource}`);

  const deadLetter = (queue: string) =>
    eventually(`a message on ${queue}`, async () => {
      const { Messages } = await own.inspection.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: own.outputs.Queues[queue] }),
      );
      return Messages?.[0]?.Body;
    });

  it('refuses a command that it cannot queue', async () => {
    const { data, errors } = await own.admin.ask(
      'mutation { createGroup(input: { name: "g", description: "d" }) { commandId } }',
    );
    expect(data).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['createGroup'],
        errorType: 'QUEUE_UNAVAILABLE',
        message: expect.stringContaining('could not be queued'),
      }),
    ]);
    await eventually('the denial in the log', async () =>
      denied('SqsDataSourceRole', 'sqs:SendMessage', 'createGroupQueue').test(logOf('appsync')),
    );
  });

  it('refuses a query that it cannot answer, and answers the others', async () => {
    const { data, errors } = await own.admin.ask(
      '{ userByEmail(email: "u@example.com") { id } user(id: "u") { id } users { items { id } } }',
    );
    expect(errors).toEqual([expect.objectContaining({ path: ['userByEmail'], errorType: 'READ_UNAVAILABLE' })]);
    expect(data).toEqual({ userByEmail: null, user: null, users: { items: [] } });
    expect((await own.admin.ask('{ events(aggregate: USER, aggregateId: "u") { items { eventId } } }')).errors).toEqual(
      [expect.objectContaining({ errorType: 'READ_UNAVAILABLE' })],
    );
    await eventually(
      'the denials in the log',
      async () =>
        denied('UserDataSourceRole', 'dynamodb:Query', '-user/index/byEmail').test(logOf('appsync')) &&
        denied('HistoryDataSourceRole', 'lambda:InvokeFunction', '-history').test(logOf('appsync')),
    );
  });

  it('keeps a command that cannot be decided, in the end in the dead-letter queue', async () => {
    const command = createGroup(unique('group'));
    await own.inspection.sqs.send(
      new SendMessageCommand({
        QueueUrl: own.outputs.Queues['createGroupQueue'],
        MessageBody: JSON.stringify(command),
      }),
    );
    expect(JSON.parse(await deadLetter('createGroupQueueDlq'))).toMatchObject({ commandId: command.commandId });
    expect(logOf('UserManagement-dev-command')).toMatch(denied('-command', 'dynamodb:PutItem', 'eventStore'));
    expect(await own.inspection.scan('eventStore')).toEqual([]);
  });

  it('shows an event of which nobody can be told, and in the end gives up telling', async () => {
    const { commandId } = createGroup('g');
    const event = {
      eventId: randomUUID(),
      aggregate: 'group' as const,
      aggregateId: commandId,
      version: 1,
      type: 'GroupCreated',
      payload: { name: 'g', description: 'd' },
      executionQueue: 'executeCreateGroupQueue',
      timestamp: Date.now(),
      commandId,
      operation: 'createGroup',
      actor: 'admin:auth0|admin',
      schemaVersion: 1,
    };
    await own.inspection.dynamoDb.send(
      new PutCommand({ TableName: own.outputs.Tables['eventStore'], Item: itemOf(event) }),
    );
    await eventually(
      'the end of telling',
      async () =>
        existsSync(join(own.stateDir, 'logs', 'UserManagement-dev-execute.log')) &&
        logOf('UserManagement-dev-execute').includes('Subscribers were not told'),
    );
    expect(logOf('UserManagement-dev-execute')).toContain('AppSync answered 401');
    expect((await own.admin.get('query($id: ID!) { group(id: $id) { name } }', { id: commandId })).group).toEqual({
      name: 'g',
    });
  });
});
