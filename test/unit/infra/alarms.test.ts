import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { resourcesOf, synthesize, type Template } from './synthesized.ts';

let template: Template;
beforeAll(async () => {
  ({ template } = await synthesize());
});

const alarms = () =>
  resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => ({
    name: String(Properties['AlarmName']).replace(/^UserManagement-dev-|\d+$/g, ''),
    ...Properties,
  })) as ({ name: string } & Record<string, any>)[];
const alarm = (name: string) => alarms().filter((each) => each.name === name);

/** What an alarm looks at: `<namespace> <metric>`, with a function's name if it is one's own. */
const metricsOf = (properties: Record<string, any>): string[] => {
  const each = properties['Metrics']
    ? (properties['Metrics'] as any[]).flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
    : [{ ...properties, Dimensions: properties['Dimensions'] }];
  return each.map(({ Namespace, MetricName, Dimensions }) =>
    [
      Namespace,
      MetricName,
      ...(Dimensions ?? []).filter((d: any) => d.Name === 'service').map((d: any) => d.Value),
    ].join(' '),
  );
};

const runbook = readFileSync('docs/operating.md', 'utf8');
const sections = [...runbook.matchAll(/^### (\w+)\n([^]*?)(?=^##|(?![^]))/gm)].map(([, name, text]) => ({
  name,
  text,
}));

describe('the runbook', () => {
  test('has a section for each alarm, and no other', () => {
    expect(sections.map(({ name }) => name).sort()).toEqual([...new Set(alarms().map(({ name }) => name))].sort());
  });

  test('says of each alarm what it means, what to do, and how to know that it worked', () => {
    for (const { name, text } of sections)
      for (const part of ['Means', 'Do', 'It worked when'])
        expect(text, name).toMatch(new RegExp(`^\\*\\*${part}\\*\\* .{20,}`, 'm'));
  });

  test('is named in each alarm, which is what the operator gets', () => {
    for (const { name, AlarmDescription } of alarms())
      expect(AlarmDescription).toMatch(new RegExp(`^.{20,}\\. See docs/operating\\.md, ${name}\\.$`));
  });
});

test('every alarm tells the topic, and counts what is missing as well', () => {
  for (const { name, AlarmActions, TreatMissingData } of alarms())
    expect({ name, actions: AlarmActions.length, TreatMissingData }).toEqual({
      name,
      actions: 1,
      TreatMissingData: 'notBreaching',
    });
});

test('an alarm needs three bad minutes of five, but where once is too often', () => {
  const atOnce = ['eventsTampered', 'recoveryFailed', 'rowsNotShown', 'streamStoppedUnnoticed'];
  for (const { name, EvaluationPeriods, DatapointsToAlarm } of alarms())
    expect({ name, of: EvaluationPeriods, above: DatapointsToAlarm }).toEqual(
      atOnce.includes(name) ? { name, of: 1, above: 1 } : { name, of: 5, above: 3 },
    );
});

test('no alarm looks at more metrics than CloudWatch takes, and each function is looked at', () => {
  for (const each of alarms()) expect(metricsOf(each).length, each['AlarmName']).toBeLessThanOrEqual(10);
  const functions = resourcesOf(template, 'AWS::Lambda::Function').map(([id]) => id);
  for (const name of ['functionErrors', 'functionThrottles'])
    for (const id of functions) expect(JSON.stringify(alarm(name)), id).toContain(`"${id}"`);
});

describe('nothing is stuck in silence:', () => {
  test.each([
    ['streamStopped', ['UserManagement-dev EventsStored command', 'UserManagement-dev EventsSent mediator']],
    ['streamStoppedUnnoticed', ['UserManagement-dev EventsStored command', 'UserManagement-dev EventsSent mediator']],
    ['eventsNotSent', ['UserManagement-dev EventsNotSent mediator']],
    ['eventsTampered', ['UserManagement-dev EventsTampered mediator']],
    ['rowsNotShown', ['UserManagement-dev RowsNotShown execute']],
    ['recoveryFailed', ['UserManagement-dev RecoveriesFailed recovery']],
    [
      'notificationsNotSent',
      ['execute', 'command', 'recovery'].map((name) => `UserManagement-dev NotificationsNotSent ${name}`),
    ],
    ['commandLag', ['UserManagement-dev CommandAge command']],
    ['projectionLag', ['UserManagement-dev ProjectionAge execute']],
    ['mediatorLag', ['AWS/Lambda IteratorAge']],
  ])('%s', (name, expected) => {
    expect(alarm(name).flatMap(metricsOf).sort()).toEqual([...expected].sort());
  });

  test('every queue that nobody empties, every dead letter, and every dead letter about to vanish', () => {
    const queues = resourcesOf(template, 'AWS::SQS::Queue');
    const dead = queues.filter(([id]) => /Dlq|FailureQueue/.test(id)).map(([id]) => id);
    const working = queues.map(([id]) => id).filter((id) => !dead.includes(id));
    const watched = (name: string) => {
      const text = JSON.stringify(alarm(name));
      return queues.flatMap(([id, { Properties }]) => (text.includes(`"${Properties['QueueName']}"`) ? [id] : []));
    };
    expect(watched('deadLetters')).toEqual(dead);
    expect(watched('deadLettersAge')).toEqual(dead);
    expect(watched('messagesWait')).toEqual(working);
    for (const [id, { Properties }] of queues) expect(Properties['MessageRetentionPeriod'], id).toBe(14 * 24 * 3600);
  });
});
