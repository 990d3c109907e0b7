import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { KmsError } from './error.ts';
import type { KeyModel } from '../../model.ts';

/** What is kept of one key. */
interface KeptKey {
  enabled: boolean;
  created: number;
  /** Base64, the oldest first: a rotation adds one, and what earlier ones closed can still be opened. */
  generations: string[];
}

/**
 * The keys of the template with their material, which never leaves this process but for a file that its owner alone can
 * read. Without the file, material is made anew at every start.
 */
export class KeyRing {
  readonly #kept: Record<string, KeptKey>;

  constructor(
    readonly keys: readonly KeyModel[],
    readonly accountId: string,
    readonly file?: string,
  ) {
    this.#kept = file === undefined ? {} : readKept(file);
    for (const key of keys)
      this.#kept[key.id] ??= { enabled: key.enabled, created: Date.now() / 1000, generations: [newMaterial(key)] };
    this.#keep();
  }

  /**
   * The key of that id, ARN, alias name or alias ARN.
   *
   * @throws KmsError NotFoundException
   */
  find(name: string): KeyModel {
    const alias = name.includes(':alias/') ? name.slice(name.indexOf(':alias/') + 1) : name;
    const key = this.keys.find(({ id, arn, aliases }) => id === name || arn === name || aliases.includes(alias));
    if (key) return key;
    const what = alias.startsWith('alias/') ? `Alias ${name} is not found.` : `Key '${name}' does not exist`;
    throw new KmsError('NotFoundException', what);
  }

  created(key: KeyModel): number {
    return this.#of(key).created;
  }

  enabled(key: KeyModel): boolean {
    return this.#of(key).enabled;
  }

  setEnabled(key: KeyModel, enabled: boolean): void {
    this.#of(key).enabled = enabled;
    this.#keep();
  }

  /** The newest material if no generation is named. @throws KmsError DisabledException */
  material(key: KeyModel, generation = this.#of(key).generations.length - 1): { generation: number; bytes: Buffer } {
    const { enabled, generations } = this.#of(key);
    if (!enabled) throw new KmsError('DisabledException', `${key.arn} is disabled.`);
    const text = generations[generation];
    if (text === undefined) throw new KmsError('InvalidCiphertextException', '');
    return { generation, bytes: Buffer.from(text, 'base64') };
  }

  rotate(key: KeyModel): void {
    this.#of(key).generations.push(newMaterial(key));
    this.#keep();
  }

  #of(key: KeyModel): KeptKey {
    return this.#kept[key.id] as KeptKey;
  }

  /** On disk before anything is closed with it: a key that is lost loses all that it closed. */
  #keep(): void {
    if (this.file === undefined || this.keys.length === 0) return;
    const descriptor = openSync(`${this.file}.new`, 'w', 0o600);
    writeSync(descriptor, JSON.stringify({ keys: this.#kept }));
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(`${this.file}.new`, this.file);
  }
}

const newMaterial = ({ spec }: KeyModel): string =>
  randomBytes(spec === 'SYMMETRIC_DEFAULT' ? 32 : Number(spec.slice('HMAC_'.length)) / 8).toString('base64');

function readKept(file: string): Record<string, KeptKey> {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { keys: Record<string, KeptKey> }).keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read (${(error as Error).message}): begin anew with --fresh`, { cause: error });
  }
}
