/** What the fields of an executed mutation publish to subscribers. */
import { getNamedType, isObjectType } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import { byResponseName, responseName, subfields } from '../execution/selection.ts';
import type { SelectionScope } from '../execution/selection.ts';
import type { ErrorEntry, Publication } from '../types.ts';

/**
 * One publication for each mutation field that resolved to an object, or a list, without raising. A publisher who was
 * denied a field of the payload publishes nothing; nor does a field under an alias, as reported of the service.
 *
 * @param warn hears of a field whose alias keeps it from being published
 */
export function publicationsOf(
  operation: OperationDefinitionNode,
  data: Record<string, unknown>,
  errors: ErrorEntry[],
  scope: SelectionScope,
  warn: (message: string) => void = () => {},
): Publication[] {
  const mutation = scope.schema.getMutationType();
  if (!mutation) return [];
  const denied = new Set(errors.filter(({ errorType }) => errorType === 'Unauthorized').map(({ path }) => path?.[0]));
  return byResponseName(subfields([operation], mutation.name, scope)).flatMap(([node]) => {
    const definition = node ? mutation.getFields()[node.name.value] : undefined;
    if (!node || !definition || denied.has(responseName(node))) return [];
    const type = getNamedType(definition.type);
    const value = data[responseName(node)] ?? null;
    if (!isObjectType(type) || typeof value !== 'object' || value === null) return [];
    const mutationName = node.name.value;
    if (responseName(node) !== mutationName) {
      warn(`${mutation.name}.${mutationName} ran under the alias ${responseName(node)}, so no subscriber hears of it`);
      return [];
    }
    return [{ mutation: mutationName, typeName: type.name, value: value as Publication['value'] }];
  });
}
