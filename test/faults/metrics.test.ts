import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Template } from 'appsync-local/parts';
import { itemOf } from '../../functions/ports/eventStore/item.ts';
import { eventually, unique } from '../support/clients/client.ts';
import { type OwnStack, ownStack } from '../support/stack/ownStack.ts';
import { beginning, type Recovering, recovering } from '../support/models/recovering.ts';

/**
 * An alarm on a metric that nobody writes is silent for ever, and nothing says so. So everything that the alarms look
 * at is made to happen, and looked for in what the functions write.
 */
let own: OwnStack;
let stack: Recovering;
beforeAll(async () => {
  own = await ownStack({ queueVisibilityOverrideSeconds: 1, transformTemplate: withoutPublishing });
  stack = recovering(own);
});
afterAll(() => own?.stop());

/** The template as it would be deployed. */
let deployed: Template;

/** AppSync takes no notification of any function. */
const withoutPublishing = (template: Template): Template => {
  deployed = structuredClone(template);
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::IAM::Role') continue;
    for (const { PolicyDocument } of (Properties?.['Policies'] ?? []) as { PolicyDocument: { Statement: any[] } }[])
      PolicyDocument.Statement = PolicyDocument.Statement.filter(({ Sid }) => Sid !== 'Publish');
  }
  return template;
};

interface Metric {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

const keyOf = ({ namespace, name, dimensions }: Metric): string =>
  `${namespace} ${name} ${JSON.stringify(Object.fromEntries(Object.entries(dimensions).sort()))}`;

/** What the alarms look at, and no service of AWS writes. */
const watched = (): Metric[] =>
  Object.values(deployed.Resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .flatMap(({ Properties = {} }) => {
      const parts = Properties['Metrics'] as { MetricStat?: { Metric: Record<string, any> } }[] | undefined;
      return parts ? parts.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])) : [Properties];
    })
    .filter(({ Namespace }) => !String(Namespace).startsWith('AWS/'))
    .map(({ Namespace, MetricName, Dimensions }) => ({
      namespace: Namespace as string,
      name: MetricName as string,
      dimensions: Object.fromEntries(
        (Dimensions as { Name: string; Value: string }[]).map(({ Name, Value }) => [Name, Value]),
      ),
    }));

/**
 * What a function has written in CloudWatch's embedded format: with all dimensions of a set, and a value that is a
 * number.
 */
const written = (service: string): Set<string> => {
  const log = readFileSync(join(own.stateDir, 'logs', `${own.stack.model.stackName}-${service}.log`), 'utf8');
  return new Set(
    [...log.matchAll(/\{"_aws":.*\}$/gm)].flatMap(([line]) => {
      const { _aws, ...values } = JSON.parse(line) as { _aws: any } & Record<string, unknown>;
      return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }: any) =>
        Metrics.filter(({ Name }: any) => [values[Name]].flat().every((value) => typeof value === 'number')).flatMap(
          ({ Name }: any) =>
            Dimensions.map((names: string[]) =>
              keyOf({
                namespace: Namespace,
                name: Name,
                dimensions: Object.fromEntries(names.map((name) => [name, String(values[name])])),
              }),
            ),
        ),
      );
    }),
  );
};

const missing = (): string[] =>
  watched()
    .filter((metric) => !written(String(metric.dimensions['service'])).has(keyOf(metric)))
    .map(keyOf);

it('whatever an alarm looks at, a function writes, under the same name and dimensions', async () => {
  expect(watched().length).toBeGreaterThan(8);
  const name = unique('group');
  // Once the mediator cannot send an event.
  let refusals = 1;
  const unhook = stack.onCallOf('mediator', ({ operation, phase }) =>
    phase === 'before' && operation.startsWith('SendMessage') && (refusals -= 1) >= 0
      ? { fail: { status: 400, type: 'InvalidMessageContents', message: 'on purpose' } }
      : undefined,
  );
  const created = await own.admin.run('createGroup', { name, description: 'd' });
  expect(await own.admin.run('createGroup', { name, description: 'd' })).toMatchObject({ code: 'NAME_TAKEN' });
  await eventually('the row, late', async () => {
    const { group } = await own.admin.get('query ($id: ID!) { group(id: $id) { version } }', {
      id: created.aggregateId,
    });
    return group;
  });
  unhook();

  // An event that was taken over from elsewhere says what no type of the API shows.
  await stack.put(
    'eventStore',
    itemOf({
      ...{ eventId: randomUUID(), commandId: randomUUID(), aggregate: 'user', aggregateId: 'odd', version: 1 },
      ...{ type: 'UserCreated', executionQueue: 'executeCreateUserQueue', timestamp: Date.now(), schemaVersion: 1 },
      payload: { firstName: 'O', lastName: 'D', birthDate: '1990-01-01', email: 'a..b@docomo.example' },
      ...{ operation: 'createUser', actor: 'admin:unknown' },
    }),
  );

  // Somebody tampers with an event.
  const [event] = await own.inspection.scan('eventStore');
  await stack.put('eventStore', { ...event, timestamp: Number(event!['timestamp']) + 1 });

  // A recovery cannot find its streams.
  const blind = stack.onCallOf('recovery', ({ operation, phase }) =>
    phase === 'before' && operation === 'Query'
      ? { fail: { status: 400, type: 'ValidationException', message: 'on purpose' } }
      : undefined,
  );
  expect(await stack.ended(await stack.recoverFrom(beginning))).toMatchObject({ status: 'FAILED' });
  blind();

  await eventually('everything counted', async () => missing().length === 0, 90).catch(() => undefined);
  expect(missing()).toEqual([]);
  // Nobody was told of anything, and no message whose row is right has ended as a dead letter; its outcome can be asked
  // for.
  expect((await own.inspection.waiting(true)).filter((queue) => !queue.startsWith('mediator'))).toEqual([]);
  expect(await own.admin.outcomeOf(created.commandId)).toMatchObject({ status: 'APPLIED', version: 1 });
});
