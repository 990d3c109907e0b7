/** An error as KMS names it; every one of them has status 400 but the last resort. */
export class KmsError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

export const invalid = (message: string): never => {
  throw new KmsError('ValidationException', message);
};
