/** The ids, names and moments that the ready-made operations share, so that one step can build on another. */
import type { CommandName, StoryFacts } from './steps.ts';

interface StoryData {
  /** A role, authorization or group takes the id of the command that creates it. */
  authorizationId: string;
  roleId: string;
  groupId: string;
  userId: string;
  commandIds: Partial<Record<CommandName, string>>;
  /** Commands that have been sent. */
  sent: string[];
  recoveryId: string;
  startedAt: string;
  beforeUpdate: string | null;
  beforeCorrection: string | null;
}

const key = 'story';
const nobody = '00000000-0000-4000-8000-000000000000';

export class Story implements StoryFacts {
  #data: StoryData;

  constructor() {
    const saved = sessionStorage.getItem(key);
    this.#data = saved ? (JSON.parse(saved) as StoryData) : newStory();
    this.#save();
  }

  get authorizationId(): string {
    return this.#data.authorizationId;
  }

  get roleId(): string {
    return this.#data.roleId;
  }

  get groupId(): string {
    return this.#data.groupId;
  }

  get userId(): string {
    return this.#data.userId;
  }

  get recoveryId(): string {
    return this.#data.recoveryId;
  }

  get startedAt(): string {
    return this.#data.startedAt;
  }

  get lastCommandId(): string {
    return this.#data.sent.at(-1) ?? nobody;
  }

  get beforeUpdate(): string {
    return this.#data.beforeUpdate ?? new Date().toISOString();
  }

  get beforeCorrection(): string {
    return this.#data.beforeCorrection ?? new Date().toISOString();
  }

  get suffix(): string {
    return this.#data.userId.slice(-6);
  }

  commandId(name: CommandName): string {
    const known = this.#data.commandIds[name];
    if (known && !this.#data.sent.includes(known)) return known;
    const commandId = (this.#data.commandIds[name] = crypto.randomUUID());
    this.#save();
    return commandId;
  }

  sameCommandId(name: CommandName): string {
    return this.#data.commandIds[name] ?? this.commandId(name);
  }

  /** Takes what later steps need out of a mutation's result. */
  learn(result: unknown, sentAt: Date): void {
    const { data } = result as { data?: Record<string, unknown> | null };
    for (const value of Object.values(data ?? {})) {
      const { commandId, operation, recoveryId } = (value ?? {}) as Record<string, unknown>;
      if (typeof recoveryId === 'string') this.#data.recoveryId = recoveryId;
      // A receipt has an operation and no status; an outcome, which has both, is nothing new.
      if (typeof commandId === 'string' && typeof operation === 'string' && !('status' in (value as object)))
        this.#learnReceipt(commandId, sentAt);
    }
    this.#save();
  }

  /** Forgets it all: the next steps create new things. */
  restart(): void {
    this.#data = newStory();
    this.#save();
  }

  #learnReceipt(commandId: string, sentAt: Date): void {
    const { commandIds, sent } = this.#data;
    if (commandId === commandIds.updateUser) this.#data.beforeUpdate ??= sentAt.toISOString();
    if (commandId === commandIds.correctEvent) this.#data.beforeCorrection ??= sentAt.toISOString();
    this.#data.sent = [...sent.filter((known) => known !== commandId), commandId];
  }

  #save(): void {
    sessionStorage.setItem(key, JSON.stringify(this.#data));
  }
}

function newStory(): StoryData {
  return {
    authorizationId: crypto.randomUUID(),
    roleId: crypto.randomUUID(),
    groupId: crypto.randomUUID(),
    // As Auth0's database connection makes them.
    userId: crypto.randomUUID().replaceAll('-', '').slice(0, 24),
    commandIds: {},
    sent: [],
    recoveryId: nobody,
    startedAt: new Date().toISOString(),
    beforeUpdate: null,
    beforeCorrection: null,
  };
}
