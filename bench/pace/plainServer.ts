import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { buildSchema, graphql } from 'graphql';
import type { DynamoDatabase } from 'appsync-local/parts';
import { commandOf } from '../support/raw.ts';
import type { RecordedCall } from '../support/recorder.ts';

type Row = Record<string, any>;

const schema = buildSchema(`
  type Query { users(limit: Int): UserPage!, user(id: ID!): User }
  type UserPage { items: [User!]! nextToken: String }
  type User {
    id: ID! firstName: String! lastName: String! displayName: String! email: String! status: String! version: Int!
    createdAt: String! role: Role group: Group authorizations: [Authorization!]!
  }
  type Role { id: ID! name: String! description: String! authorizations: [Authorization!]! }
  type Group { id: ID! name: String! }
  type Authorization { id: ID! name: String! description: String! }
`);

/**
 * What one would write without AppSync: graphql-js behind Node's server, and the AWS SDK. It answers a question by the
 * calls of DynamoDB by which the stack answered it.
 *
 * @param tables physical names by ours
 */
export const plainServer = async (
  { clientConfig }: DynamoDatabase,
  tables: Record<string, string>,
  callsOf: () => RecordedCall[],
) => {
  const client = new DynamoDBClient({ ...clientConfig, cacheMiddleware: true });

  /** Every row that the calls give, by table. */
  const rowsOfCalls = async (): Promise<Map<string, Row[]>> => {
    const rows = new Map<string, Row[]>();
    const add = (table: string, items: Row[] = []) =>
      rows.set(table, [...(rows.get(table) ?? []), ...items.map((item) => unmarshall(item))]);
    for (const call of callsOf()) {
      const command = commandOf(call);
      const answer: { Item?: Row; Items?: Row[]; Responses?: Record<string, Row[]> } = await client.send(command);
      const { TableName = '' } = command.input;
      if (answer.Item) add(TableName, [answer.Item]);
      if (answer.Items) add(TableName, answer.Items);
      for (const [table, items] of Object.entries(answer.Responses ?? {})) add(table, items);
    }
    return rows;
  };

  const people = async () => {
    const rows = await rowsOfCalls();
    const byId = (name: string) => new Map((rows.get(tables[name]!) ?? []).map((row) => [row['id'], row]));
    const [roles, groups, authorizations] = [byId('role'), byId('group'), byId('authorization')];
    // A list's entries hold the rows whole.
    const found = ['user', 'directory'].flatMap((name) => rows.get(tables[name]!) ?? []);
    return found.map((user): Row => {
      const role = roles.get(user['roleId']);
      const granted = [...(role?.['authorizationIds'] ?? [])].map((id) => authorizations.get(id)).filter(Boolean);
      return {
        ...user,
        displayName: `${user['firstName']} ${user['lastName']}`,
        status: 'ACTIVE',
        role: role && { ...role, authorizations: granted },
        group: groups.get(user['groupId']),
        authorizations: granted,
      };
    });
  };
  const rootValue = {
    users: async () => ({ items: await people(), nextToken: null }),
    user: async () => (await people())[0],
  };
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const { query: source, variables: variableValues } = JSON.parse(text);
      void graphql({ schema, source, variableValues, rootValue }).then((answer) =>
        response.end(JSON.stringify(answer)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
      client.destroy();
    },
  };
};
