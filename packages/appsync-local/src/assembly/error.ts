/** Where in a template something stands. */
export interface Place {
  logicalId: string;
  type: string;
}

/**
 * What a template asks for and the local stack (or the real deployment) would not do. Always names resource and
 * property.
 */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';

  constructor(
    readonly place: Place,
    readonly property: string,
    readonly problem: string,
  ) {
    super(`${place.logicalId} (${place.type}) ${property}: ${problem}`);
  }
}
