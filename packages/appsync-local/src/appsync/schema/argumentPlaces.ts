/** Where in a document the values of arguments stand. */
import { BREAK, Kind, visit } from 'graphql';
import type { ASTNode, DocumentNode } from 'graphql';

/**
 * The places of those of the given nodes that stand in an argument or a variable's default, in the words of messages.
 */
export interface ArgumentPlace {
  /** `argument 'input.birthDate'`, `variable 'limit'` */
  within: string;
  /** The response path of the field, as in `users/items`; empty in a variable's definition. */
  field: string;
}

export function argumentPlaces(document: DocumentNode, nodes: Iterable<ASTNode>): Map<ASTNode, ArgumentPlace> {
  const wanted = new Set(nodes);
  const places = new Map<ASTNode, ArgumentPlace>();
  const path: ASTNode[] = [];
  visit(document, {
    enter(node) {
      path.push(node);
      if (!wanted.has(node)) return undefined;
      const place = placeOf(path);
      if (place) places.set(node, place);
      wanted.delete(node);
      return wanted.size === 0 ? BREAK : undefined;
    },
    leave() {
      path.pop();
    },
  });
  return places;
}

function placeOf(path: ASTNode[]): ArgumentPlace | undefined {
  const fields: string[] = [];
  let within: { kind: string; names: string[] } | undefined;
  for (const node of path) {
    if (node.kind === Kind.FIELD) fields.push((node.alias ?? node.name).value);
    else if (node.kind === Kind.ARGUMENT) within = { kind: 'argument', names: [node.name.value] };
    else if (node.kind === Kind.VARIABLE_DEFINITION) within = { kind: 'variable', names: [node.variable.name.value] };
    else if (node.kind === Kind.OBJECT_FIELD) within?.names.push(node.name.value);
  }
  return within && { within: `${within.kind} '${within.names.join('.')}'`, field: fields.join('/') };
}
