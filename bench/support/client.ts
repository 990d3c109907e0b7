import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

/** A caller of a running stack's GraphQL API: as little between the request and the wire as there can be. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: URL;

  constructor(
    url: string,
    readonly token: string,
  ) {
    this.#url = new URL(url);
  }

  /** The data of one request. @throws if there are errors */
  async ask(query: string, variables: Record<string, unknown> = {}): Promise<Record<string, any>> {
    const { data, errors } = await this.#post(JSON.stringify({ query, variables }));
    if (errors) throw new Error(`The API refused: ${JSON.stringify(errors)}`);
    return data!;
  }

  /** Sends a command; its receipt. */
  async send(
    operation: string,
    input: Record<string, unknown>,
    commandId: string = randomUUID(),
  ): Promise<{ commandId: string; aggregateId: string }> {
    const type = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Input`;
    const data = await this.ask(
      `mutation ($input: ${type}!, $commandId: ID) { ${operation}(input: $input, commandId: $commandId) { commandId aggregateId } }`,
      { input, commandId },
    );
    return data[operation];
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(body: string): Promise<{ data?: Record<string, any>; errors?: unknown }> {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: this.token,
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#url, { method: 'POST', agent: this.#agent, headers }, (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (part: string) => (text += part))
          .on('error', reject);
        response.on('end', () => resolve(JSON.parse(text)));
      });
      outgoing.on('error', reject).end(body);
    });
  }
}
