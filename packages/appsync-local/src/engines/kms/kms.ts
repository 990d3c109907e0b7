import { originOf } from './ciphertext.ts';
import { KmsError } from './error.ts';
import { blobOf } from './input.ts';
import { KeyRing } from './keyRing.ts';
import { accountOperations, keyOperations } from './operations.ts';
import type { Body } from './operations.ts';
import type { KeyModel } from '../../model.ts';

export { KmsError } from './error.ts';

export interface KmsOptions {
  keys: readonly KeyModel[];
  accountId: string;
  /** Where the keys' material is kept; in memory alone if left out. */
  file?: string;
}

/** The key engine: as much of KMS as envelope encryption needs, in this process. */
export class KmsEngine {
  readonly #ring: KeyRing;

  constructor({ keys, accountId, file }: KmsOptions) {
    this.#ring = new KeyRing(keys, accountId, file);
  }

  /**
   * ARN of the key that a call is about; undefined for a call about none.
   *
   * @throws KmsError if there is no such key or operation, or the ciphertext is none
   */
  keyOf(operation: string, input: Body): string | undefined {
    return this.#find(operation, input)?.arn;
  }

  /** @throws KmsError */
  call(operation: string, input: Body): Body {
    const key = this.#find(operation, input);
    const answer = key ? keyOperations[operation]?.(this.#ring, key, input) : undefined;
    return answer ?? accountOperations[operation]?.(this.#ring, input) ?? {};
  }

  #find(operation: string, input: Body): KeyModel | undefined {
    if (Object.hasOwn(accountOperations, operation)) return undefined;
    if (!Object.hasOwn(keyOperations, operation))
      throw new KmsError('UnknownOperationException', `The local stack does not serve ${operation} of KMS.`);
    const named = input['KeyId'] === undefined ? undefined : this.#ring.find(String(input['KeyId']));
    if (operation !== 'Decrypt') return named ?? this.#ring.find('');
    const { keyId } = originOf(blobOf(input, 'CiphertextBlob', 6_144));
    const used = this.#ring.keys.find(({ id }) => id === keyId);
    if (!used)
      throw new KmsError(
        'AccessDeniedException',
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      );
    if (named && named !== used)
      throw new KmsError(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      );
    return used;
  }
}
