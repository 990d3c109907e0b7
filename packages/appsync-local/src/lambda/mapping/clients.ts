import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { LocalIam } from '../../model.ts';

export interface RoleClients {
  sqs: SQSClient;
  streams: DynamoDBStreamsClient;
}

/** Clients that call the gateway as a role, made once a role: one connection pool serves all its mappings. */
export class ClientsOfRoles {
  private readonly clients = new Map<string, RoleClients>();

  constructor(
    private readonly iam: LocalIam,
    private readonly endpoint: string,
    private readonly region: string,
  ) {}

  of(roleArn: string): RoleClients {
    const existing = this.clients.get(roleArn);
    if (existing) return existing;
    const settings = {
      endpoint: this.endpoint,
      region: this.region,
      credentials: this.iam.credentialsFor(roleArn),
      // Nothing is ever added to their middleware, so it need not be put together anew for each call.
      cacheMiddleware: true,
      // Every mapping's long poll holds a connection, so the usual 50 would be too few.
      requestHandler: { httpAgent: { keepAlive: true, maxSockets: 1_000 } },
    };
    const made = {
      sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
      streams: new DynamoDBStreamsClient(settings),
    };
    this.clients.set(roleArn, made);
    return made;
  }

  destroy(): void {
    for (const { sqs, streams } of this.clients.values()) {
      sqs.destroy();
      streams.destroy();
    }
  }
}
