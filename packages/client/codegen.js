/**
 * A plugin for graphql-codegen: what the client has to know of the schema at run time, and the types of its methods.
 *
 * Config: `rows` names the row that a command leaves where its own name does not say it, as in `{ signUp: 'User' }`.
 */
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql';

const fieldsOf = (type) => Object.values(type.getFields());
const isPlain = (type) => isScalarType(getNamedType(type)) || isEnumType(getNamedType(type));
const isEntity = (type) => isObjectType(type) && 'id' in type.getFields();
const hasDirective = (field, name) => (field.astNode?.directives ?? []).some((each) => each.name.value === name);

/** For callers with a token; not what the system's own functions alone may do. */
const isPublic = (field) => !hasDirective(field, 'aws_iam') || hasDirective(field, 'aws_oidc');

/**
 * All fields of a type. An entity inside another one shows its plain fields only, so that a selection has an end.
 * @returns the selection as GraphQL, and the type of what it gives
 */
const select = (type, insideEntity = false) => {
  const isInner = insideEntity && isEntity(type);
  const chosen = fieldsOf(type).filter((field) => isPublic(field) && (isPlain(field.type) || !isInner));
  const inside = insideEntity || isEntity(type);
  const graphql = chosen.map((field) =>
    isPlain(field.type) ? field.name : `${field.name} ${select(getNamedType(field.type), inside).graphql}`,
  );
  const plain = chosen.filter((field) => isPlain(field.type)).map(({ name }) => `'${name}'`);
  const nested = chosen.filter((field) => !isPlain(field.type));
  const types = [
    ...(plain.length > 0 ? [`Required<Pick<S.${type.name}, ${plain.join(' | ')}>>`] : []),
    ...(nested.length > 0
      ? [`{ ${nested.map((field) => `${field.name}: ${typeOf(field.type, '', inside)};`).join(' ')} }`]
      : []),
  ];
  return { graphql: `{ ${graphql.join(' ')} }`, type: types.join(' & ') };
};

/** The TypeScript type of an output: a named one of this file where the selection is the whole one. */
const typeOf = (type, plain, inside) =>
  isNonNullType(type) ? nonNull(type.ofType, plain, inside) : `${nonNull(type, plain, inside)} | null`;
const nonNull = (type, plain, inside) => {
  if (isPlain(type)) return `NonNullable<${plain}>`;
  if (isListType(type)) return `${typeOf(type.ofType, plain, inside)}[]`;
  return inside && isEntity(type) ? `${type.name}Summary` : type.name;
};

const comment = (text, indent = '') => (text ? `${indent}/** ${text.trim().replace(/\s*\n\s*/g, ' ')} */\n` : '');
const argumentsOf = (field) => field.args.map(({ name, type }) => `${name}: '${type}'`).join(', ');
const capitalized = (name) => name.charAt(0).toUpperCase() + name.slice(1);

/** The methods of one root type as an interface: documented, with their arguments and what they give. */
const methods = (name, root, fields) => {
  const lines = fields.map((field) => {
    const args = field.args.length === 0 ? 'Record<string, never>' : `S.${root}${capitalized(field.name)}Args`;
    return `${comment(field.description, '  ')}  ${field.name}: { args: ${args}; result: ${typeOf(field.type, `S.${root}['${field.name}']`, false)} };`;
  });
  return `export interface ${name} {\n${lines.join('\n')}\n}`;
};

/** @type {import('@graphql-codegen/plugin-helpers').PluginFunction<{ rows?: Record<string, string> }>} */
export const plugin = (schema, _documents, { rows = {} }) => {
  const [queries, mutations, subscriptions] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ].map((root) => fieldsOf(root).filter(isPublic));
  const isCommand = (field) => getNamedType(field.type).name === 'CommandReceipt';
  const commands = mutations.filter(isCommand);
  const others = mutations.filter((field) => !isCommand(field));

  // What is heard of rows tells which kinds there are.
  const update = schema.getType('ProjectionUpdate');
  const entities = fieldsOf(update).flatMap(({ name, type }) =>
    isPlain(type) ? [] : [{ name, type: getNamedType(type).name }],
  );
  const rowOf = ({ name }) =>
    rows[name] ??
    entities.find(({ type }) => name.endsWith(type))?.type ??
    entities.map(({ type }) => type).join(' | ');
  const lists = queries.flatMap((field) => {
    const items = getNamedType(field.type).getFields?.()['items'];
    const row = items && entities.find(({ type }) => type === getNamedType(items.type).name);
    const live =
      row &&
      field.args.some(({ name }) => name === 'nextToken') &&
      !field.args.some(({ name }) => name === 'timestamp');
    return live ? [{ field, row }] : [];
  });

  // Every object type that can be reached, inner ones last.
  const reached = new Map();
  const reach = (type, inside) => {
    const key = inside && isEntity(type) ? `${type.name}Summary` : type.name;
    if (reached.has(key)) return;
    reached.set(key, select(type, inside));
    for (const field of fieldsOf(type))
      if (isPublic(field) && !isPlain(field.type) && !(inside && isEntity(type)))
        reach(getNamedType(field.type), inside || isEntity(type));
  };
  const calls = [
    ...queries.map((field) => ({ field, kind: 'query', root: 'Query' })),
    ...others.map((field) => ({ field, kind: 'mutation', root: 'Mutation' })),
    ...subscriptions.map((field) => ({ field, kind: 'subscription', root: 'Subscription' })),
  ];
  for (const { field } of [...calls, ...commands.map((each) => ({ field: each }))])
    if (!isPlain(field.type)) reach(getNamedType(field.type), false);

  const results = [
    ...new Set([...calls.map(({ field }) => field), ...commands].map(({ type }) => getNamedType(type))),
  ].filter(isObjectType);
  const inputOf = (field) => field.args.find(({ name }) => name === 'input')?.type;

  return [
    '// Written by codegen.js from the schema: npm run codegen.',
    "import type * as S from './schema.ts';",
    ...[...reached].map(
      ([name, { type }]) => `${comment(schema.getType(name)?.description)}export type ${name} = ${type};`,
    ),
    `/** What is asked for of each type. */\nexport const selections = {\n${results.map((type) => `  ${type.name}: '${reached.get(type.name).graphql}',`).join('\n')}\n} as const;`,
    `/** Mutations that put a command on its queue, and the type of their input. */\nexport const commands = {\n${commands.map((field) => `  ${field.name}: ${inputOf(field) ? `'${inputOf(field)}'` : 'null'},`).join('\n')}\n} as const;`,
    `export interface Commands {\n${commands
      .map((field) => {
        const input = inputOf(field);
        return `${comment(field.description, '  ')}  ${field.name}: { input: ${input ? `S.${getNamedType(input).name}` : 'null'}; row: ${rowOf(field)} };`;
      })
      .join('\n')}\n}`,
    `/** Everything else that can be called: its kind, the types of its arguments, and the type of what it gives. */\nexport const calls = {\n${calls
      .map(
        ({ field, kind }) =>
          `  ${field.name}: { kind: '${kind}', args: { ${argumentsOf(field)} }, type: ${isPlain(field.type) ? 'null' : `'${getNamedType(field.type).name}'`} },`,
      )
      .join('\n')}\n} as const;`,
    methods('Queries', 'Query', queries),
    methods('Mutations', 'Mutation', others),
    methods('Subscriptions', 'Subscription', subscriptions),
    `/** The kinds of rows, and the field of a projection update that carries one. */\nexport const rowFields = { ${entities.map(({ name, type }) => `${upperSnake(type)}: '${name}'`).join(', ')} } as const;`,
    `/** Queries that give pages of rows, and the rows' kind. */\nexport const lists = {\n${lists.map(({ field, row }) => `  ${field.name}: '${upperSnake(row.type)}',`).join('\n')}\n} as const;`,
    `export interface Lists {\n${lists.map(({ field, row }) => `  ${field.name}: { args: S.Query${capitalized(field.name)}Args; row: ${row.type} };`).join('\n')}\n}`,
    `export type Row = ${entities.map(({ type }) => type).join(' | ')};`,
    '',
  ].join('\n\n');
};

const upperSnake = (name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

/** Refuses a schema that the client could not be made for. */
export const validate = (schema) => {
  for (const name of ['ProjectionUpdate', 'CommandReceipt', 'CommandOutcome'])
    if (!isObjectType(schema.getType(name))) throw new Error(`The schema has no type ${name}`);
  for (const field of fieldsOf(schema.getMutationType()))
    if (field.args.some(({ name, type }) => name === 'input' && !isInputObjectType(getNamedType(type))))
      throw new Error(`${field.name}: its input is no input type`);
};
