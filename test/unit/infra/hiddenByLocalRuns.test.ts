import { beforeAll, describe, expect, test } from 'vitest';
import { limits, sizeOf } from '../../../infra/budget.ts';
import { mostDeliveries } from '../../../functions/runtime/redeliveries.ts';
import { type Resource, resourcesOf, synthesize, type Template, waitsFor } from './synthesized.ts';

/** What AWS does that no run on one machine can show, as far as a template can be right or wrong about it. */
let dev: Template;
let prod: Template;
beforeAll(async () => {
  dev = (await synthesize()).template;
  prod = (await synthesize({ context: { stage: 'prod' } })).template;
});

const propertiesOf = (type: string, template = dev): Record<string, any>[] =>
  resourcesOf(template, type).map(([, { Properties }]) => Properties);
const mappings = () => propertiesOf('AWS::Lambda::EventSourceMapping');
const referred = (value: unknown): string => String((value as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0]);

describe('AWS', () => {
  test('may refuse descriptions in a schema: none is deployed', () => {
    for (const { Definition } of propertiesOf('AWS::AppSync::GraphQLSchema')) {
      expect(Definition).toContain('type Query');
      expect(Definition).not.toMatch(/"""|^\s*"|#/m);
    }
  });

  test('cuts a function that sends to the queue that triggers it, after 16 hops: allowed for that one alone', () => {
    const queueNames = new Map(resourcesOf(dev, 'AWS::SQS::Queue').map(([id]) => [id, id] as const));
    const functions = resourcesOf(dev, 'AWS::Lambda::Function');
    const roles = new Map(resourcesOf(dev, 'AWS::IAM::Role'));
    const statementsOf = ({ Properties }: Resource): any[] =>
      roles
        .get(referred(Properties['Role']))!
        .Properties['Policies'].flatMap((each: any) => each.PolicyDocument.Statement);
    const recursive = functions.filter(([id, fn]) => {
      const triggers = mappings()
        .filter(({ FunctionName }) => FunctionName.Ref === id)
        .map(({ EventSourceArn }) => referred(EventSourceArn))
        .filter((each) => queueNames.has(each));
      const sendsTo = statementsOf(fn)
        .filter(({ Action }) => [Action].flat().includes('sqs:SendMessage'))
        .flatMap(({ Resource: resource }) => [resource].flat().map(referred));
      return triggers.some((each) => sendsTo.includes(each));
    });
    expect(recursive.map(([, { Properties }]) => Properties['FunctionName'])).toEqual(['UserManagement-dev-recovery']);
    for (const [id, { Properties }] of functions)
      expect(Properties['RecursiveLoop'], id).toBe(recursive.some(([each]) => each === id) ? 'Allow' : undefined);
  });

  test('counts a receipt for every batch that it turns away: each queue has ten, and its trigger a limit of its own', () => {
    for (const { EventSourceArn, ScalingConfig } of mappings().filter(({ StartingPosition }) => !StartingPosition))
      expect(ScalingConfig?.MaximumConcurrency, JSON.stringify(EventSourceArn)).toBe(2);
    for (const { RedrivePolicy, QueueName } of propertiesOf('AWS::SQS::Queue'))
      if (RedrivePolicy) expect(RedrivePolicy.maxReceiveCount, QueueName).toBe(mostDeliveries);
  });

  test('says nothing of a stream that nobody reads: what is stored is compared with what is sent', () => {
    const compared = propertiesOf('AWS::CloudWatch::Alarm').filter(({ Metrics }) =>
      ['EventsStored', 'EventsSent'].every((name) => JSON.stringify(Metrics ?? []).includes(name)),
    );
    expect(compared.length).toBeGreaterThan(0);
  });

  test('keeps names of what a failed creation leaves behind: in prod nothing stays of one', () => {
    for (const [id, { DeletionPolicy = 'Delete' }] of Object.entries(prod.Resources))
      expect(DeletionPolicy, id).toMatch(/^(Delete|RetainExceptOnCreate)$/);
  });

  test('changes one thing of an API at a time: functions wait for the schema, resolvers for both', () => {
    const [[schema = ''] = []] = resourcesOf(dev, 'AWS::AppSync::GraphQLSchema');
    for (const [id, { DependsOn }] of resourcesOf(dev, 'AWS::AppSync::FunctionConfiguration'))
      expect(DependsOn, id).toContain(schema);
    for (const [id, { Properties }] of resourcesOf(dev, 'AWS::AppSync::Resolver')) {
      expect(waitsFor(dev, id, schema), id).toBe(true);
      // What is referred to is waited for.
      for (const step of Properties['PipelineConfig']?.Functions ?? [])
        expect(dev.Resources[referred(step)]?.Type, id).toBe('AWS::AppSync::FunctionConfiguration');
    }
  });

  test('has one dashboard of a name in all regions', () => {
    for (const { DashboardName } of propertiesOf('AWS::CloudWatch::Dashboard'))
      expect(JSON.stringify(DashboardName)).toContain('AWS::Region');
  });

  test('restores a table as another one: the event store may have any name', async () => {
    const EVENT_STORE_TABLE = 'restored';
    const { template } = await synthesize({ context: { EVENT_STORE_TABLE } });
    expect(propertiesOf('AWS::DynamoDB::Table', template).map(({ TableName }) => TableName)).toContain(
      EVENT_STORE_TABLE,
    );
  });

  test('counts the time of a dead letter from its first sending: its queue keeps it as long as SQS can', () => {
    for (const { MessageRetentionPeriod, QueueName } of propertiesOf('AWS::SQS::Queue'))
      expect(MessageRetentionPeriod, QueueName).toBe(14 * 24 * 3600);
  });

  test('lets two read a stream, no more', () => {
    const streams = mappings().filter(({ StartingPosition }) => StartingPosition);
    for (const { EventSourceArn } of streams)
      expect(streams.filter((each) => referred(each.EventSourceArn) === referred(EventSourceArn)).length).toBeLessThan(
        3,
      );
    expect(streams).toHaveLength(1);
  });

  test('takes 500 resources and a million bytes', () => {
    for (const template of [dev, prod]) {
      const { resources, bytes } = sizeOf(template);
      expect(resources).toBeLessThanOrEqual(limits.resources);
      expect(bytes).toBeLessThanOrEqual(limits.bytes);
    }
  });

  test("has tokens of Auth0 that name this API in `aud`: every resolver's environment has its name", () => {
    for (const { EnvironmentVariables } of propertiesOf('AWS::AppSync::GraphQLApi'))
      expect(EnvironmentVariables).toHaveProperty('API_AUDIENCE');
  });
});
