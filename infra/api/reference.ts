/** Writes docs/api.md from schema.graphql: part of `npm run codegen`. */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import { root } from '../context.ts';

const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const schema = buildSchema(`${read('infra/api/graphql/appsync.graphql')}\n${read('schema.graphql')}`);
const own = new Set(
  [...read('schema.graphql').matchAll(/^(?:type|input|enum|interface) (\w+)/gm)].map(([, name]) => name),
);

const oneLine = (text: string | null | undefined): string =>
  (text ?? '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');

const argumentsOf = (args: readonly GraphQLArgument[]): string[] =>
  args.map(({ name, type, description }) => `  - \`${name}: ${String(type)}\`: ${oneLine(description)}`);

const operations = (title: string, fields: Record<string, GraphQLField<unknown, unknown>> = {}): string[] => [
  `## ${title}`,
  '',
  ...Object.values(fields).flatMap(({ name, type, args, description }) => [
    `- **\`${name}\`** → \`${String(type)}\`. ${oneLine(description)}`,
    ...argumentsOf(args),
  ]),
  '',
];

const members = (type: GraphQLNamedType): string[] => {
  if (isEnumType(type))
    return type.getValues().map(({ name, description }) => `| \`${name}\` | | ${oneLine(description)} |`);
  if (isObjectType(type) || isInputObjectType(type))
    return Object.values(type.getFields()).map(
      ({ name, type: of, description }) => `| \`${name}\` | \`${String(of)}\` | ${oneLine(description)} |`,
    );
  return [];
};

const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
const types = Object.values(schema.getTypeMap()).filter((type) => own.has(type.name) && !roots.includes(type as never));

const text = [
  '# The API',
  '',
  'Made from `schema.graphql` by `npm run codegen`. How to use it, with outcomes and live changes: [clients](clients.md).',
  '',
  ...operations('Mutations', schema.getMutationType()?.getFields()),
  ...operations('Queries', schema.getQueryType()?.getFields()),
  ...operations('Subscriptions', schema.getSubscriptionType()?.getFields()),
  '## Types',
  '',
  ...types.flatMap((type) => [
    `### ${type.name}`,
    '',
    oneLine(type.description),
    '',
    '| | | |',
    '|---|---|---|',
    ...members(type),
    '',
  ]),
].join('\n');

writeFileSync(new URL('docs/api.md', root), text);
