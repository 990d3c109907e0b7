import { buildSchema, getIntrospectionQuery, parse, type SelectionSetNode, visit } from 'graphql';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleResolvers, type ResolverBundles } from '../../../infra/api/resolverBundles.ts';
import { resourcesOf, synthesize, type Template, waitsFor } from './synthesized.ts';

let template: Template;
let bundles: ResolverBundles;
beforeAll(async () => {
  ({ template } = await synthesize());
  bundles = await bundleResolvers();
});

test('every field of Query, Mutation and Subscription has its resolver', () => {
  const schema = buildSchema(
    readFileSync('infra/api/graphql/appsync.graphql', 'utf8') + readFileSync('schema.graphql', 'utf8'),
  );
  const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`),
  );
  const resolved = resourcesOf(template, 'AWS::AppSync::Resolver').map(
    ([, { Properties }]) => `${Properties['TypeName']}.${Properties['FieldName']}`,
  );
  expect(resolved.sort()).toEqual(fields.sort());
});

test('a request runs no more resolvers, and goes no deeper, than the API’s own pages and functions need', () => {
  const [[, api] = []] = resourcesOf(template, 'AWS::AppSync::GraphQLApi');
  expect(api?.Properties).toMatchObject({ ResolverCountLimit: 100, QueryDepthLimit: 16 });
});

test('everything in the schema has a description: types, fields, arguments, inputs and the values of enums', () => {
  const bare: string[] = [];
  const kinds = new Set<string>();
  visit(parse(readFileSync('schema.graphql', 'utf8')), {
    enter: (node, _key, _parent, _path, ancestors) => {
      if (!('description' in node)) return;
      kinds.add(node.kind);
      if (!node.description?.value.trim())
        bare.push(
          [...ancestors, node].flatMap((each) => ('name' in each && each.name ? [each.name.value] : [])).join('.'),
        );
    },
  });
  expect(bare).toEqual([]);
  expect([...kinds]).toEqual(
    expect.arrayContaining([
      'EnumTypeDefinition',
      'EnumValueDefinition',
      'FieldDefinition',
      'InputObjectTypeDefinition',
      'InputValueDefinition',
      'ObjectTypeDefinition',
    ]),
  );
});

test('what is deployed is the schema without its descriptions, which AppSync may refuse', () => {
  const [[, deployed] = []] = resourcesOf(template, 'AWS::AppSync::GraphQLSchema');
  const text: string = deployed?.Properties['Definition'];
  expect(JSON.stringify(parse(text))).not.toContain('"description":{');
  const bare = (source: string) => {
    const { definitions } = parse(source, { noLocation: true });
    return JSON.stringify(definitions, (key, value) => (key === 'description' ? undefined : value));
  };
  expect(bare(text)).toBe(bare(readFileSync('schema.graphql', 'utf8')));
});

describe('AppSync, which changes one thing at a time,', () => {
  const schemaId = () => resourcesOf(template, 'AWS::AppSync::GraphQLSchema')[0]![0];

  test.each(['AWS::AppSync::Resolver', 'AWS::AppSync::FunctionConfiguration'])(
    'gets each %s after the schema',
    (type) => {
      expect(resourcesOf(template, type).length).toBeGreaterThan(10);
      for (const [id] of resourcesOf(template, type)) expect(waitsFor(template, id, schemaId()), id).toBe(true);
    },
  );

  test('gets each resolver after the functions and the data source behind it', () => {
    for (const [id, { Properties }] of resourcesOf(template, 'AWS::AppSync::Resolver')) {
      const functions = (Properties['PipelineConfig']?.Functions ?? []) as { 'Fn::GetAtt': [string, string] }[];
      for (const {
        'Fn::GetAtt': [step],
      } of functions)
        expect(waitsFor(template, id, step), id).toBe(true);
      expect(functions.length + (Properties['DataSourceName'] ? 1 : 0), id).toBeGreaterThan(0);
    }
  });
});

test('the code behind operations stands in the template once, however many they are', () => {
  for (const name of ['steps/checkCommand', 'enqueue']) {
    const code = JSON.stringify(bundles[name]).slice(1, -1);
    expect(JSON.stringify(template).split(code)).toHaveLength(2);
  }
});

test('tools may ask for the schema within the depth that the API allows', () => {
  const document = parse(getIntrospectionQuery());
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === 'FragmentDefinition' ? [[definition.name.value, definition.selectionSet] as const] : [],
    ),
  );
  const depthOf = (set: SelectionSetNode | undefined): number =>
    Math.max(
      0,
      ...(set?.selections ?? []).map((selection) => {
        if (selection.kind === 'FragmentSpread') return depthOf(fragments.get(selection.name.value));
        return selection.kind === 'Field' ? 1 + depthOf(selection.selectionSet) : depthOf(selection.selectionSet);
      }),
    );
  const [query] = document.definitions;
  const depth = query?.kind === 'OperationDefinition' ? depthOf(query.selectionSet) : 0;
  const [[, api] = []] = resourcesOf(template, 'AWS::AppSync::GraphQLApi');
  expect(api?.Properties['QueryDepthLimit']).toBeGreaterThanOrEqual(depth);
});

test('the log holds neither arguments nor headers, and is written by a role of its own', () => {
  const [[, api] = []] = resourcesOf(template, 'AWS::AppSync::GraphQLApi');
  expect(api?.Properties['LogConfig']).toEqual({
    CloudWatchLogsRoleArn: expect.anything(),
    FieldLogLevel: 'ERROR',
    ExcludeVerboseContent: true,
  });
});

describe('resolver code', () => {
  test('stays below what AppSync takes, and the template below what CloudFormation takes', () => {
    for (const [name, code] of Object.entries(bundles)) expect(code.length, name).toBeLessThan(32_000);
    expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
  });

  test("imports each of the runtime's modules once, under the names that they have", () => {
    for (const [name, code] of Object.entries(bundles)) {
      const imports = code.match(/\bimport\b[^;]*;/g) ?? [];
      expect(new Set(imports.map((each) => each.replace(/.*from/, ''))).size, name).toBe(imports.length);
      expect(imports.join(), name).not.toContain(' as ');
    }
  });

  test('holds the table of operations', () => {
    expect(bundles['steps/checkCommand']).toContain('commandQueue:"createUserQueue"');
  });
});
