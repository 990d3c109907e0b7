/** What a value from outside says by name: none, where it is no object. Each property is still to be looked at. */
export const propertiesOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
