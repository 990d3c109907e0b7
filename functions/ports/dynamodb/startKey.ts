import * as z from 'zod/mini';
import { Failure, rulesIn } from '../../runtime/failure.ts';
import type { Item } from './item.ts';

const shape = z.record(z.string(), z.union([z.string(), z.number()]));

/**
 * The key behind which a page begins, from the text that the page before gave for it; none where there was none.
 * @throws Failure when the text is no key
 */
export const startKeyIn = (after: string | undefined): Item | undefined => {
  if (after === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(after));
  } catch (error) {
    throw new Failure(`The place where a page begins cannot be read: ${rulesIn(error)}`, { cause: error });
  }
};
