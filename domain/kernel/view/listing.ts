/** How rows of an aggregate are found and put in order. */
export interface Listing {
  /** Attributes whose values, one behind the other, are searched by their beginning. */
  terms: string[][];
  /** Attributes by which lists are ordered, besides creation and last change; by the id where none are named. */
  orders: { name?: string[]; email?: string[] };
  /**
   * Attributes of one value each that are asked for together: any of them has a list of its own, and so has any set of
   * them.
   */
  together?: string[];
}

/** What an order is called in the directory: the attribute with its sort key, and the index over it. */
export const orderKeys = ['byName', 'byEmail', 'byCreated', 'byUpdated'] as const;
export type OrderKey = (typeof orderKeys)[number];

/** What an aggregate with a name, or without one, is found by if it does not say. */
export const listingOf = (attributes: Record<string, unknown>): Listing =>
  Object.hasOwn(attributes, 'name') ? { terms: [['name']], orders: { name: ['name'] } } : { terms: [], orders: {} };
