/**
 * How deep documents ask into the schema itself. Deep data is met when fields are resolved; introspection resolves
 * without us.
 */
import { Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { fragmentsOf } from '../execution/selection.ts';

const introspection = ['__schema', '__type'];

/**
 * The deepest field below `__schema` and `__type`, which themselves are at depth 1; 0 without them. For valid
 * documents.
 */
export function introspectionDepth(document: DocumentNode): number {
  const fragments = fragmentsOf(document);
  const known = new Map<FragmentDefinitionNode, number>();

  const ofFragment = (fragment: FragmentDefinitionNode | undefined): number => {
    if (!fragment) return 0;
    const depth = known.get(fragment) ?? below(fragment.selectionSet);
    known.set(fragment, depth);
    return depth;
  };

  function below(set: SelectionSetNode | undefined): number {
    return (set?.selections ?? []).reduce((deepest, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        return Math.max(deepest, ofFragment(fragments[selection.name.value]));
      return Math.max(deepest, below(selection.selectionSet) + (selection.kind === Kind.FIELD ? 1 : 0));
    }, 0);
  }

  const sets = document.definitions.flatMap((definition) =>
    'selectionSet' in definition ? [definition.selectionSet] : [],
  );
  let deepest = 0;
  for (let set = sets.pop(); set; set = sets.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD && introspection.includes(selection.name.value))
        deepest = Math.max(deepest, 1 + below(selection.selectionSet));
      else if (selection.kind === Kind.INLINE_FRAGMENT) sets.push(selection.selectionSet);
    }
  }
  return deepest;
}
