/** What the fields of an executed mutation publish to subscribers. */
import { getNamedType, isObjectType } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import { byResponseName, responseName, subfields, undoAliases } from '../execution/selection.ts';
import type { SelectionScope } from '../execution/selection.ts';
import type { ErrorEntry, Publication } from '../types.ts';

/**
 * One publication for each mutation field that resolved to an object without raising. A publisher who was denied a field
 * of the payload publishes nothing.
 */
export function publicationsOf(
  operation: OperationDefinitionNode,
  data: Record<string, unknown>,
  errors: ErrorEntry[],
  scope: SelectionScope,
): Publication[] {
  const mutation = scope.schema.getMutationType();
  if (!mutation) return [];
  const denied = new Set(errors.filter(({ errorType }) => errorType === 'Unauthorized').map(({ path }) => path?.[0]));
  return byResponseName(subfields([operation], mutation.name, scope)).flatMap((nodes) => {
    const [node] = nodes;
    const definition = node ? mutation.getFields()[node.name.value] : undefined;
    if (!node || !definition || denied.has(responseName(node))) return [];
    const type = getNamedType(definition.type);
    const value = undoAliases(data[responseName(node)] ?? null, nodes, definition.type, scope);
    if (!isObjectType(type) || typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return [{ mutation: node.name.value, typeName: type.name, value: value as Record<string, unknown> }];
  });
}
