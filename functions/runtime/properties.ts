/** What an object from outside says, by name. Each property is still to be looked at. */
export type Properties = Record<string, unknown>;

/** Whether a value has properties; a list has them too. */
export const isObject = (value: unknown): value is Properties => typeof value === 'object' && value !== null;

/** A list, where a value is one. */
export const listIn = (value: unknown): unknown[] | undefined => (Array.isArray(value) ? value : undefined);

/** What a value from outside says by name: nothing, where it is no object. */
export const propertiesOf = (value: unknown): Properties => (isObject(value) ? value : {});
