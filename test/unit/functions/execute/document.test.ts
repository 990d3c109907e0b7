import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type FieldNode,
  getNamedType,
  type GraphQLObjectType,
  isObjectType,
  parse,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { partOf, requestOf } from '../../../../functions/ports/notifier/document.ts';
import type { Publication } from '../../../../functions/ports/notifier/port.ts';

const schema = buildSchema(
  ['schema.graphql', 'infra/api/graphql/appsync.graphql'].map((file) => readFileSync(file, 'utf8')).join('\n'),
);
const documentFor = (publication: Publication) => parse(requestOf(publication).query);

const fieldsOf = (publication: Publication): FieldNode[] => {
  const [operation] = documentFor(publication).definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error('no operation');
  return operation.selectionSet.selections.filter((node) => node.kind === 'Field');
};

/** Paths of the type's fields that the selection leaves out. */
const unselected = (type: GraphQLObjectType, selections: SelectionSetNode, path: string): string[] =>
  Object.values(type.getFields()).flatMap((field) => {
    const here = `${path}.${field.name}`;
    const node = selections.selections.find((each) => each.kind === 'Field' && each.name.value === field.name);
    if (node?.kind !== 'Field') return [here];
    const named = getNamedType(field.type);
    return isObjectType(named) && node.selectionSet ? unselected(named, node.selectionSet, here) : [];
  });

describe('the publishing mutation', () => {
  const parts = { update: 'ProjectionUpdate', outcome: 'CommandOutcome', recovery: 'Recovery' } as const;

  it.each(Object.entries(parts))('selects every field of the schema: %s', (part, typeName) => {
    const [field] = fieldsOf({ [part]: {} });
    expect(unselected(schema.getType(typeName) as GraphQLObjectType, field!.selectionSet!, typeName)).toEqual([]);
  });

  // AppSync tells nobody of an aliased field, and gives subscribers null for what is aliased in it.
  it('has no alias anywhere, no field twice, and each field answered for the part it publishes', () => {
    const everything = { update: {}, outcome: {}, recovery: {} } as Publication;
    const names = fieldsOf(everything).map(({ name }) => name.value);
    expect(names.map(partOf)).toEqual(['update', 'outcome', 'recovery']);
    expect(new Set(names).size).toBe(names.length);
    const aliases: string[] = [];
    visit(documentFor(everything), { Field: ({ alias }) => void (alias && aliases.push(alias.value)) });
    expect(aliases).toEqual([]);
    expect(partOf('somethingElse')).toBeUndefined();
  });

  it('is valid in every combination', () => {
    for (const publication of [
      { update: {} },
      { outcome: {} },
      { recovery: {} },
      { update: {}, outcome: {} },
      { update: {}, outcome: {}, recovery: {} },
    ]) {
      expect(validate(schema, documentFor(publication as Publication))).toEqual([]);
    }
  });
});
