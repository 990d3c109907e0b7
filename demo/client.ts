/** Sends commands and waits for their outcomes, with nothing but HTTP. */
import { randomUUID } from 'node:crypto';

export interface Outcome {
  commandId: string;
  status: 'APPLIED' | 'REJECTED';
  aggregateId: string;
  version: number | null;
  code: string | null;
  message: string | null;
}

export interface CommandOptions {
  /** The input's type is the operation's name with a capital letter, and `Input`. */
  operation: string;
  input: Record<string, unknown>;
  /** A new one by default. */
  commandId?: string;
}

/** The API refused a request: no command was made of it. */
export class Refusal extends Error {}

const outcomeDeadlineMs = 60_000;
const firstPauseMs = 50;
const longestPauseMs = 1000;

export class Client {
  /** What has come of all commands. */
  readonly outcomes: Outcome[] = [];
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /**
   * Sends a command and resolves to its outcome. Rejects with a {@link Refusal}, or when there is no outcome in a
   * minute.
   */
  async command({ operation, input, commandId = randomUUID() }: CommandOptions): Promise<Outcome> {
    const type = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Input`;
    const mutation = `mutation ($input: ${type}!, $commandId: ID) { ${operation}(input: $input, commandId: $commandId) { commandId } }`;
    await this.request(mutation, { input, commandId });
    const outcome = await this.#outcome(commandId);
    this.outcomes.push(outcome);
    return outcome;
  }

  /** Resolves to the data of a query or mutation. Rejects with a {@link Refusal} if there are errors. */
  async request(query: string, variables: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json', authorization: this.#token };
    const response = await fetch(this.#url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query, variables }),
    }).catch((error: Error) => {
      throw new Error(
        `Nothing answers at ${this.#url} (${String(error.cause ?? error.message)}). Is the stack running?`,
      );
    });
    const { data, errors } = (await response.json()) as {
      data?: Record<string, unknown>;
      errors?: { message: string }[];
    };
    if (errors) throw new Refusal(errors.map(({ message }) => message).join('; '));
    return data!;
  }

  async #outcome(commandId: string): Promise<Outcome> {
    const query =
      'query ($commandId: ID!) { command(commandId: $commandId) { commandId status aggregateId version code message } }';
    const deadline = Date.now() + outcomeDeadlineMs;
    for (let pause = firstPauseMs; Date.now() < deadline; pause = Math.min(pause * 1.5, longestPauseMs)) {
      const { command } = await this.request(query, { commandId });
      if (command) return command as Outcome;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    throw new Error(`Command ${commandId} has had no outcome for ${outcomeDeadlineMs / 1000} seconds.`);
  }
}
