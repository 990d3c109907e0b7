import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Template } from 'appsync-local/parts';
import type { LambdaEvent } from 'appsync-local/parts';
import { organisation, person } from '../e2e/organisation.ts';
import { createGroup } from '../support/clients/commands.ts';
import { eventually, unique } from '../support/clients/client.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';

/** Stands for an AppSync that takes requests and never answers, for the command function alone. */
const silent = createServer(() => undefined);
let own: OwnStack;
const invoked: Extract<LambdaEvent, { kind: 'invoked' }>[] = [];

const publishingInto =
  (url: string) =>
  (template: Template): Template => {
    const fn = Object.values(template.Resources).find(
      ({ Type, Properties }) =>
        Type === 'AWS::Lambda::Function' && String(Properties?.['FunctionName']).endsWith('-command'),
    );
    (fn!.Properties!['Environment'] as { Variables: Record<string, string> }).Variables['GRAPHQL_URL'] = url;
    return template;
  };

beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  own = await ownStack({
    transformTemplate: publishingInto(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/graphql`),
    onLambdaEvent: (event) => {
      if (event.kind === 'invoked') invoked.push(event);
    },
  });
});
afterAll(async () => {
  await own?.stop();
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

it('outcomes that cannot be published cost the other commands of their batch nothing', async () => {
  const by = { actor: `admin:${own.admin.sub}` };
  const good = Array.from({ length: 5 }, () => createGroup(unique('group'), by));
  const rejected = Array.from({ length: 5 }, () => createGroup(' ', by));
  const Entries = [...good, ...rejected].map((command, index) => ({
    Id: `${index}`,
    MessageBody: JSON.stringify(command),
  }));
  await own.inspection.sqs.send(
    new SendMessageBatchCommand({ QueueUrl: own.outputs.Queues['createGroupQueue'], Entries }),
  );

  // Recorded, though not told.
  for (const { commandId } of rejected)
    expect(await own.admin.outcomeOf(commandId)).toMatchObject({ status: 'REJECTED', code: 'INVALID' });
  for (const { commandId } of good) await own.admin.shown(await own.admin.outcomeOf(commandId));
  const of = (name: string) => invoked.filter(({ functionName }) => functionName.endsWith(`-${name}`));
  await eventually('the batch is over', async () => of('command').length > 0);
  expect(of('command').map(({ outcome }) => outcome)).toEqual(of('command').map(() => 'ok'));

  // The rejected ones stay, invisible until their next delivery; the good ones are off the queue.
  await eventually(
    'the good ones are gone',
    async () => (await own.inspection.depthOf('createGroupQueue')) === rejected.length,
  );
});

it('a call that hangs is made again within the invocation, and has its effect once', async () => {
  const { roleId, groupId } = await organisation(own.admin);
  const id = await own.admin.apply('createUser', person({ roleId, groupId }));
  const commandId = randomUUID();
  let hung = 0;
  const unhook = own.stack.gateway.onCall(async ({ phase, operation, caller, input }) => {
    if (
      phase !== 'after' ||
      operation !== 'PutItem' ||
      !caller.includes('command') ||
      !JSON.stringify(input).includes(commandId)
    )
      return;
    hung += 1;
    // The write is done; its answer comes when nobody waits any more.
    if (hung === 1) return { delayMs: 30_000 };
  });
  const before = invoked.length;
  const outcome = await own.admin.run('updateUser', { id, lastName: 'Leigh' }, commandId);
  expect(outcome).toMatchObject({ status: 'APPLIED', version: 2 });
  await own.admin.shown(outcome);
  await eventually('the call was made again', async () => hung === 2);
  await eventually('the invocation is over', async () =>
    invoked.slice(before).some(({ functionName }) => functionName.endsWith('-command')),
  );
  unhook();
  expect(invoked.slice(before).map((event) => event.outcome)).toEqual(invoked.slice(before).map(() => 'ok'));
  expect(
    (await own.admin.get('query($id: ID!) { events(aggregate: USER, aggregateId: $id) { items { version } } }', { id }))
      .events.items,
  ).toHaveLength(2);
});
