import { type Context } from '@aws-appsync/utils';
import { contains } from '../values/contains.ts';

/** More entries than a loop may visit. */
const maximumEntries = 1000;

/**
 * Whether the selection may contain one of the given fields, each of which has fields of its own.
 * `selectionSetList` names a field by its alias, and the text of the selection leaves out what named fragments say; so where
 * there are named fragments, any nested selection counts. It may say yes for nothing, but never no for something.
 * @param depth how many levels the objects in question are below the root field
 */
export function maySelect(ctx: Context, depth: number, fields: string[]): boolean {
  const { selectionSetList, selectionSetGraphQL } = ctx.info;
  if (!selectionSetList || !selectionSetGraphQL || selectionSetList.length > maximumEntries) {
    return true;
  }
  if (!selectionSetList.some((entry) => entry.split('/').length > depth + 1)) {
    return false;
  }
  return mayContain(ctx, fields);
}

/**
 * Whether the selection may contain one of the given fields, at any depth. It may say yes for nothing, but never no for
 * something.
 */
export function mayContain(ctx: Context, fields: string[]): boolean {
  const { selectionSetGraphQL } = ctx.info;
  return (
    !selectionSetGraphQL ||
    contains(selectionSetGraphQL, '\\.\\.\\.\\s*(?!on\\b)[_A-Za-z]') ||
    contains(selectionSetGraphQL, `\\b(${fields.join('|')})\\b`)
  );
}
