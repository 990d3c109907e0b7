import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { GatewayClients } from '../../model.ts';

export interface RoleClients {
  sqs: SQSClient;
  streams: DynamoDBStreamsClient;
}

/** Clients that call the gateway as a role, made once a role. */
export class ClientsOfRoles {
  private readonly clients = new Map<string, RoleClients>();

  constructor(private readonly gateway: GatewayClients) {}

  of(roleArn: string): RoleClients {
    const existing = this.clients.get(roleArn);
    if (existing) return existing;
    const config = this.gateway(roleArn);
    const made = {
      sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
      streams: new DynamoDBStreamsClient(config),
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
