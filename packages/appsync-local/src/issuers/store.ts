/**
 * Where the provider keeps sessions, grants, codes and refresh tokens: in memory, for as long as the stack runs.
 * The interface is oidc-provider's Adapter.
 */

type Payload = Record<string, unknown> & { uid?: string; grantId?: string; consumed?: number };

export interface Entry {
  payload: Payload;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** Shared by all models of one issuer. */
export type Entries = Map<string, Entry>;

/** How many entries may accumulate before expired ones are looked for. */
const sweepAt = 500;

export class StoreAdapter {
  private readonly model: string;
  private readonly entries: Entries;

  constructor(model: string, entries: Entries) {
    this.model = model;
    this.entries = entries;
  }

  async upsert(id: string, payload: Payload, expiresInSeconds?: number): Promise<void> {
    if (this.entries.size >= sweepAt) this.sweep();
    const expiresAt = expiresInSeconds === undefined ? Infinity : Date.now() + expiresInSeconds * 1000;
    this.entries.set(this.key(id), { payload, expiresAt });
  }

  async find(id: string): Promise<Payload | undefined> {
    const entry = this.entries.get(this.key(id));
    return entry && entry.expiresAt > Date.now() ? entry.payload : undefined;
  }

  async findByUid(uid: string): Promise<Payload | undefined> {
    for (const [key, { payload, expiresAt }] of this.entries) {
      if (key.startsWith(`${this.model}:`) && payload.uid === uid && expiresAt > Date.now()) return payload;
    }
    return undefined;
  }

  /** Of the device flow, which is off. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const entry = this.entries.get(this.key(id));
    if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.entries.delete(this.key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, { payload }] of this.entries) {
      if (key.startsWith(`${this.model}:`) && payload.grantId === grantId) this.entries.delete(key);
    }
  }

  private key(id: string): string {
    return `${this.model}:${id}`;
  }

  private sweep(): void {
    const now = Date.now();
    for (const [key, { expiresAt }] of this.entries) if (expiresAt <= now) this.entries.delete(key);
  }
}
