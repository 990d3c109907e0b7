/**
 * What an item of a table holds, by attribute: whatever anybody wrote. What it is, the reader of its shape says
 * (`item.ts` of its port).
 */
export type Item = Record<string, unknown>;
