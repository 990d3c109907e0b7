import { parse, print, stripIgnoredCharacters, visit } from 'graphql';
import { readFileSync } from 'node:fs';
import { root } from '../context.ts';

/**
 * The schema as AppSync gets it: without descriptions, which it drops at best and refuses at worst, and without the
 * space between. Pages show those of schema.graphql.
 */
export const deployedSchema = (): string =>
  stripIgnoredCharacters(
    print(
      visit(parse(readFileSync(new URL('schema.graphql', root), 'utf8')), {
        enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
      }),
    ),
  );
