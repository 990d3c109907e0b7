import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  type GraphQLObjectType,
  isObjectType,
  parse,
  type SelectionSetNode,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { requestOf } from '../../../functions/ports/notifier/document.ts';
import type { Publication } from '../../../functions/ports/notifier/port.ts';

const schema = buildSchema(
  ['schema.graphql', 'infra/api/graphql/appsync.graphql'].map((file) => readFileSync(file, 'utf8')).join('\n'),
);
const documentFor = (publication: Publication) => parse(requestOf([publication]).query);

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
    const document = documentFor({ [part]: {} });
    const fragment = document.definitions.find(
      (definition) => definition.kind === 'FragmentDefinition' && definition.typeCondition.name.value === typeName,
    );
    if (fragment?.kind !== 'FragmentDefinition') throw new Error('no fragment');
    expect(unselected(schema.getType(typeName) as GraphQLObjectType, fragment.selectionSet, typeName)).toEqual([]);
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
