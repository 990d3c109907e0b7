import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, inject } from 'vitest';
import type { CommandOutcome, CommandReceipt } from '../../../generated/schema.ts';
import { clientsOf, issueToken, readOutputs } from 'appsync-local/tokens';
import { localIssuers } from '../../../local/issuers.ts';
import type { ApplicationOutputs } from '../../../local/outputs.ts';

export type Outputs = ApplicationOutputs;

export interface GraphqlError {
  path: (string | number)[] | null;
  errorType?: string | null;
  errorInfo?: unknown;
  message: string;
}

export interface Answer<Data = Record<string, any>> {
  status: number;
  headers: Headers;
  data: Data | null;
  errors: GraphqlError[] | undefined;
}

export const outputsOf = (stateDir: string): Outputs => readOutputs(stateDir) as Outputs;

/** Calls `probe` until it gives something, and gives that. @throws when it has not within the time, seconds */
export const eventually = async <Result>(
  what: string,
  probe: () => Promise<Result | undefined | null | false>,
  seconds = 180,
): Promise<Result> => {
  const end = Date.now() + seconds * 1000;
  // Ever slower: hundreds of askers at once must not be the load that keeps them waiting.
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
    const result = await probe();
    if (result) return result;
    if (Date.now() > end) throw new Error(`Not within ${seconds} seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
};

/** A caller of a running stack. */
export class Client {
  private dynamoDb: DynamoDBDocumentClient | undefined;

  constructor(
    readonly outputs: Outputs,
    readonly token: string | undefined,
    readonly sub: string,
    /** The same person, once an address is verified at the issuer; left out: none can be. */
    readonly proving?: (email: string) => Promise<Client>,
  ) {}

  /** One GraphQL request over plain HTTP. */
  async ask<Data = Record<string, any>>(query: string, variables?: Record<string, unknown>): Promise<Answer<Data>> {
    const response = await fetch(this.outputs.GraphQLUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.token !== undefined && { authorization: this.token }) },
      body: JSON.stringify({ query, variables }),
    });
    const { data = null, errors } = (await response.json()) as { data?: Data | null; errors?: GraphqlError[] };
    return { status: response.status, headers: response.headers, data, errors };
  }

  /** The data of a request that must succeed. */
  async get<Data = Record<string, any>>(query: string, variables?: Record<string, unknown>): Promise<Data> {
    const { data, errors } = await this.ask<Data>(query, variables);
    expect(errors).toBeUndefined();
    return data!;
  }

  /** Sends one command, with a token that proves the address that it says, if it says one; its receipt. */
  async send(operation: string, input: Record<string, unknown>, commandId?: string): Promise<CommandReceipt> {
    const type = operation.charAt(0).toUpperCase() + operation.slice(1);
    const { email } = input;
    const sender = typeof email === 'string' && this.proving ? await this.proving(email) : this;
    const data = await sender.get(
      `mutation($input: ${type}Input!, $commandId: ID) { ${operation}(input: $input, commandId: $commandId) { commandId operation aggregate aggregateId } }`,
      { input, commandId: commandId ?? randomUUID() },
    );
    return data[operation] as CommandReceipt;
  }

  /** Waits long enough for a message to be delivered again. */
  outcomeOf(commandId: string, seconds = 180): Promise<CommandOutcome> {
    return eventually(
      `outcome of ${commandId}`,
      async () => {
        const data = await this.get(
          'query($id: ID!) { command(commandId: $id) { commandId status operation aggregate aggregateId version code message actor } }',
          { id: commandId },
        );
        return data['command'] as CommandOutcome | null;
      },
      seconds,
    );
  }

  /** Sends one command and waits for its outcome. */
  async run(operation: string, input: Record<string, unknown>, commandId?: string): Promise<CommandOutcome> {
    return this.outcomeOf((await this.send(operation, input, commandId)).commandId);
  }

  /** Sends a command that must be applied, waits until the view shows it, and gives the aggregate's id. */
  async apply(operation: string, input: Record<string, unknown>): Promise<string> {
    const outcome = await this.run(operation, input);
    expect(outcome).toMatchObject({ status: 'APPLIED', code: null });
    await this.shown(outcome);
    return outcome.aggregateId;
  }

  /**
   * Waits until the view, and each list in which it stands, show at least the version of an outcome; for a deletion,
   * until it is gone.
   */
  async shown({ aggregate, aggregateId, version, operation }: CommandOutcome): Promise<void> {
    const field = aggregate.toLowerCase();
    const gone = operation.startsWith('delete');
    await eventually(`${field} ${aggregateId} at version ${version}`, async () => {
      const row = (await this.get(`query($id: ID!) { ${field}(id: $id) { version } }`, { id: aggregateId }))[field] as {
        version: number;
      } | null;
      return gone ? row === null : row !== null && row.version >= version!;
    });
    await eventually(`the lists show ${field} ${aggregateId} at version ${version}`, async () => {
      const entries = await this.entriesOf(`${field}#${aggregateId}`);
      return gone ? entries.length === 0 : entries.length > 0 && entries.every((entry) => entry.version >= version!);
    });
  }

  /**
   * What stands in the directory of a row, which follows the row a moment later: lists, and what is in use, go by it.
   */
  private async entriesOf(rowKey: string): Promise<{ version: number }[]> {
    this.dynamoDb ??= DynamoDBDocumentClient.from(
      new DynamoDBClient({
        endpoint: this.outputs.DynamoDBEndpoint,
        region: this.outputs.Region,
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      }),
    );
    const { Items } = await this.dynamoDb.send(
      new QueryCommand({
        TableName: this.outputs.Tables['directory'],
        KeyConditionExpression: 'rowKey = :rowKey',
        ExpressionAttributeValues: { ':rowKey': rowKey },
        ConsistentRead: true,
      }),
    );
    return (Items ?? []) as { version: number }[];
  }
}

/** An access token for the running stack. */
export const tokenOf = async (
  stateDir: string,
  application: 'admin' | 'user',
  sub: string,
  claims?: Record<string, unknown>,
  address?: { email?: string; emailVerified?: boolean },
): Promise<string> => {
  const outputs = outputsOf(stateDir);
  const [issuer, clientId] =
    application === 'admin' ? [outputs.AdminIssuer, outputs.AdminClientId] : [outputs.UserIssuer, outputs.UserClientId];
  return issueToken(stateDir, { issuer, clientId: clientsOf(clientId)[0]!, sub, claims, ...address }, localIssuers);
};

/** A client of the shared stack (or of the one in `stateDir`) with an admin's token. */
export const admin = async (sub = 'auth0|admin', stateDir = inject('stateDir')): Promise<Client> =>
  new Client(outputsOf(stateDir), await tokenOf(stateDir, 'admin', sub), sub);

/** Likewise with a user's, who verifies any address before saying it. */
export const user = async (sub: string, stateDir = inject('stateDir')): Promise<Client> =>
  new Client(outputsOf(stateDir), await tokenOf(stateDir, 'user', sub), sub, (email) =>
    provedBy(sub, { email }, stateDir),
  );

/** A user with a token that says something of an address, and with that alone. */
export const provedBy = async (
  sub: string,
  address: { email?: string; emailVerified?: boolean },
  stateDir = inject('stateDir'),
): Promise<Client> => new Client(outputsOf(stateDir), await tokenOf(stateDir, 'user', sub, undefined, address), sub);

export const anonymous = (stateDir = inject('stateDir')): Client => new Client(outputsOf(stateDir), undefined, '');

/** Text that no other test uses. */
export const unique = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 13)}`;
