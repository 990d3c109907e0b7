import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, type ExecutionResult, graphql, GraphQLError } from 'graphql';
import { SigV4Verifier } from 'appsync-local/parts';

const credentials = { accessKeyId: 'TESTKEY', secretAccessKey: 'a secret' };
const region = 'us-east-1';

/**
 * An API that takes the publishing mutations of the real schema, signed, and nothing else. As AppSync, it tells nobody
 * of what is aliased.
 */
export interface PublishServer {
  url: string;
  identity: { credentials: () => Promise<typeof credentials>; region: () => Promise<string> };
  /** What subscribers would receive: the selected fields of each published value, in order. */
  heard: Record<string, unknown>[];
  /** The fields of each request, by the names that they are answered under. */
  requests: string[][];
  /** Sockets opened. */
  connections(): number;
  /** Gives an error for a value that is to be refused. */
  refuse(test: (value: Record<string, unknown>) => string | undefined): void;
  /** Takes the answer to the next requests into its own hands, one after the other. */
  answerWith(...answers: ((response: ServerResponse) => void)[]): void;
  /** Closes the connections on which nothing is under way. */
  closeIdle(): void;
  stop(): Promise<void>;
}

const schema = () =>
  buildSchema(
    ['schema.graphql', 'infra/api/graphql/appsync.graphql']
      .map((file) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'))
      .join('\n'),
  );

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

export const startPublishServer = async (): Promise<PublishServer> => {
  const verifier = new SigV4Verifier(region);
  const api = schema();
  const heard: PublishServer['heard'] = [];
  const requests: PublishServer['requests'] = [];
  const answers: ((response: ServerResponse) => void)[] = [];
  let refuses: (value: Record<string, unknown>) => string | undefined = () => undefined;
  let connections = 0;

  const published = (name: string) => (parameters: Record<string, string>) => {
    const value = JSON.parse(parameters[name] ?? '') as Record<string, unknown>;
    const message = refuses(value);
    if (message) throw new GraphQLError(message);
    return value;
  };
  const rootValue = {
    publishProjectionUpdate: published('update'),
    publishCommandOutcome: published('outcome'),
    publishRecoveryProgress: published('recovery'),
  };

  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const prepared = answers.shift();
      if (prepared) return prepared(response);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const verified = verifier.verify(
        { method: 'POST', url: request.url ?? '', headers, body },
        'appsync',
        credentials.secretAccessKey,
      );
      if (!verified.ok) {
        response.writeHead(403).end(JSON.stringify({ errors: [{ message: verified.reason }] }));
        return;
      }
      const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
      const result: ExecutionResult = await graphql({
        schema: api,
        source: query,
        variableValues: variables,
        rootValue,
      });
      requests.push(Object.keys(result.data ?? {}));
      for (const [name, field] of Object.entries(result.data ?? {}))
        if (field !== null && name in rootValue)
          heard.push(JSON.parse(JSON.stringify(field)) as Record<string, unknown>);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
    })();
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    identity: { credentials: async () => credentials, region: async () => region },
    heard,
    requests,
    connections: () => connections,
    refuse: (test) => {
      refuses = test;
    },
    answerWith: (...given) => {
      answers.push(...given);
    },
    closeIdle: () => server.closeIdleConnections(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
