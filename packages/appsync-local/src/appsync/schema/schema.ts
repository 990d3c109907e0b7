/** Executable schemas from the template's SDL, and the refusals that the service would answer it with. */
import { buildASTSchema, GraphQLScalarType, Kind, parse, print, visit } from 'graphql';
import type {
  DefinitionNode,
  DocumentNode,
  FieldDefinitionNode,
  GraphQLSchema,
  ObjectTypeDefinitionNode,
  TypeNode,
} from 'graphql';
import type { GraphqlApiModel } from '../../model.ts';
import { directiveDefinitions, modesOf, subscribedMutations, unavailableDirectives } from '../auth/directives.ts';
import { awsScalars } from './scalars.ts';
import type { AuthMode } from '../types.ts';

/** In characters. */
const maximumLength = 1024 * 1024;

/** Refusal of a schema at creation. */
export class SchemaError extends Error {
  constructor(problems: string[]) {
    super(`Schema has the following errors: ${problems.map((problem) => `- ${problem}`).join(' ')}`);
    this.name = 'SchemaError';
  }
}

/** What the SDL says about one field besides its type. */
export interface FieldRules {
  modes: ReadonlySet<AuthMode>;
  /** Of a subscription field: the mutations that feed it. */
  mutations?: string[];
}

export interface ApiSchema {
  schema: GraphQLSchema;
  /** The same, but scalars pass through unchanged: for values that are in response form already. */
  plain: GraphQLSchema;
  /** By type name, then field name; object types only. */
  rules: ReadonlyMap<string, ReadonlyMap<string, FieldRules>>;
}

/** Throws SchemaError when the service would not take the schema. */
export function buildSchema(api: GraphqlApiModel): ApiSchema {
  if (api.schema.length > maximumLength)
    throw new SchemaError([`it is ${api.schema.length} characters long; the limit is ${maximumLength}`]);
  const document = parseSdl(api.schema);
  const problems = [
    ...descriptionProblems(document),
    ...definitionProblems(document),
    ...rootProblems(document),
    ...subscriptionProblems(document, api),
  ];
  if (problems.length > 0) throw new SchemaError(problems);
  try {
    return {
      schema: executable(document, awsScalars),
      plain: executable(document, []),
      rules: rulesOf(document, api.authModes[0]?.type ?? 'AWS_IAM'),
    };
  } catch (error) {
    throw new SchemaError([(error as Error).message]);
  }
}

function parseSdl(sdl: string): DocumentNode {
  try {
    return parse(sdl);
  } catch (error) {
    throw new SchemaError([(error as Error).message]);
  }
}

function executable(document: DocumentNode, scalars: readonly GraphQLScalarType[]): GraphQLSchema {
  const prelude = parse(directiveDefinitions + awsScalars.map(({ name }) => `scalar ${name}`).join('\n'));
  const schema = buildASTSchema({
    kind: Kind.DOCUMENT,
    definitions: [...prelude.definitions, ...document.definitions],
  });
  for (const scalar of scalars) {
    const declared = schema.getType(scalar.name);
    if (!(declared instanceof GraphQLScalarType)) continue;
    declared.serialize = scalar.serialize;
    declared.parseValue = scalar.parseValue;
    declared.parseLiteral = scalar.parseLiteral;
  }
  return schema;
}

/**
 * Reports of the service conflict: some say that it refuses descriptions, some that it drops them. None of them may be
 * needed.
 */
function descriptionProblems(document: DocumentNode): string[] {
  const described: string[] = [];
  visit(document, {
    enter(node) {
      if ('description' in node && node.description)
        described.push(`line ${node.description.loc?.startToken.line ?? 1}`);
    },
  });
  if (described.length === 0) return [];
  const places = [...described.slice(0, 3), ...(described.length > 3 ? ['…'] : [])].join(', ');
  return [
    `Failed to parse schema document: it holds ${described.length} descriptions (${places}); deploy it without them.`,
  ];
}

function definitionProblems(document: DocumentNode): string[] {
  return document.definitions.flatMap((definition) => {
    const name = 'name' in definition ? (definition.name?.value ?? '') : '';
    if (definition.kind === Kind.SCALAR_TYPE_DEFINITION)
      return [`The scalar ${name} cannot be defined; only AppSync's own exist.`];
    if (definition.kind === Kind.DIRECTIVE_DEFINITION) return [`The directive @${name} cannot be defined.`];
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION)
      return ['A schema holds no operations.'];
    if (definition.kind.endsWith('Extension'))
      return [`${print(definition).split('\n')[0]}: extending a type is not supported.`];
    const reserved = name.startsWith('AWS') ? [`The name ${name} is reserved: names must not start with AWS.`] : [];
    return [...reserved, ...directiveProblems(definition, name)];
  });
}

function directiveProblems(definition: DefinitionNode, owner: string): string[] {
  const fields = 'fields' in definition ? (definition.fields ?? []) : [];
  const places = [
    { node: definition, place: owner },
    ...fields.map((field) => ({ node: field, place: `${owner}.${field.name.value}` })),
  ];
  return places.flatMap(({ node, place }) =>
    ('directives' in node ? (node.directives ?? []) : [])
      .filter(({ name }) => unavailableDirectives.has(name.value))
      .map(({ name }) => `@${name.value} on ${place} needs an auth mode that the local AppSync does not have.`),
  );
}

/** Name of the root type of an operation, by the `schema` block or by convention. */
function rootName(document: DocumentNode, operation: 'query' | 'mutation' | 'subscription'): string | undefined {
  const block = document.definitions.find((definition) => definition.kind === Kind.SCHEMA_DEFINITION);
  if (block?.kind === Kind.SCHEMA_DEFINITION)
    return block.operationTypes.find((one) => one.operation === operation)?.type.name.value;
  return `${operation[0]?.toUpperCase()}${operation.slice(1)}`;
}

function objectType(document: DocumentNode, name: string | undefined): ObjectTypeDefinitionNode | undefined {
  return document.definitions.find(
    (one): one is ObjectTypeDefinitionNode => one.kind === Kind.OBJECT_TYPE_DEFINITION && one.name.value === name,
  );
}

function rootProblems(document: DocumentNode): string[] {
  return objectType(document, rootName(document, 'query'))?.fields?.length
    ? []
    : ['There is no top level schema object defined: the root type Query is missing or empty.'];
}

function subscriptionProblems(document: DocumentNode, api: GraphqlApiModel): string[] {
  const subscription = objectType(document, rootName(document, 'subscription'));
  const mutation = objectType(document, rootName(document, 'mutation'));
  return (subscription?.fields ?? []).flatMap((field) => {
    const place = `${subscription?.name.value ?? ''}.${field.name.value}`;
    const mutations = subscribedMutations(field);
    if (mutations === null || mutations.length === 0)
      return [`${place} names no mutation in @aws_subscribe, so it would never fire.`];
    const sources = mutations.map((name) => ({
      name,
      field: mutation?.fields?.find((one) => one.name.value === name),
    }));
    const missing = sources
      .filter((source) => !source.field)
      .map(({ name }) => `${place} subscribes to ${name}, which is not a mutation.`);
    const mismatched = sources.some((source) => source.field && nullable(source.field.type) !== nullable(field.type));
    return [
      ...missing,
      ...(mismatched ? [`The subscription has an invalid output type. (${place})`] : []),
      ...argumentProblems(document, field, place, api),
    ];
  });
}

/** Arguments are matched with fields of the payload, unless a resolver sets a filter. */
function argumentProblems(
  document: DocumentNode,
  field: FieldDefinitionNode,
  place: string,
  api: GraphqlApiModel,
): string[] {
  const [typeName = '', fieldName = ''] = place.split('.');
  if (api.resolvers.some((resolver) => resolver.typeName === typeName && resolver.fieldName === fieldName)) return [];
  const payload = objectType(document, nullable(field.type));
  return (field.arguments ?? [])
    .filter((argument) => payload && !payload.fields?.some((one) => one.name.value === argument.name.value))
    .map(
      (argument) => `The argument ${argument.name.value} of ${place} is not a field of ${payload?.name.value ?? ''}.`,
    );
}

function nullable(type: TypeNode): string {
  return print(type.kind === Kind.NON_NULL_TYPE ? type.type : type);
}

function rulesOf(document: DocumentNode, defaultMode: AuthMode): Map<string, Map<string, FieldRules>> {
  const types = document.definitions.filter(
    (one): one is ObjectTypeDefinitionNode => one.kind === Kind.OBJECT_TYPE_DEFINITION,
  );
  const fieldRules = (type: ObjectTypeDefinitionNode, field: FieldDefinitionNode): FieldRules => {
    const mutations = subscribedMutations(field);
    return { modes: modesOf(type, field, defaultMode), ...(mutations === null ? {} : { mutations }) };
  };
  return new Map(
    types.map((type) => [
      type.name.value,
      new Map((type.fields ?? []).map((field) => [field.name.value, fieldRules(type, field)])),
    ]),
  );
}
