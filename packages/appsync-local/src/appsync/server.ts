/** The local stand-in for one GraphQL API: HTTP and real-time endpoints over the template's schema and resolvers. */
import type { FunctionInvoker, GatewayRoles, GraphqlApiModel, LocalIam, RoleModel } from '../model.ts';
import { createApiLog } from './http/apiLog.ts';
import { createJwtVerifier } from './auth/jwt.ts';
import { createAuthenticate } from './auth/authenticate.ts';
import { createDataSources } from './datasources/create.ts';
import { createExecutor } from './execution/execute.ts';
import { refuseCode } from './gate/refuse.ts';
import { createHttpHandler } from './http/httpHandler.ts';
import { createRealtime } from './realtime/realtime.ts';
import type { AppSync, Publication } from './types.ts';

export interface AppSyncOptions {
  api: GraphqlApiModel;
  iam: LocalIam;
  /** The stack's roles; data sources act under theirs. */
  roles: RoleModel[];
  invoker: FunctionInvoker;
  gateway: GatewayRoles;
  /** The gateway's URL, for data sources that call by address. */
  endpoint: string;
  region: string;
  accountId: string;
  /** URL of `/graphql`. */
  graphqlUrl: string;
  /** Takes the lines of the API's log that its log role may write. */
  log?: (line: string) => void;
  /** Remembers what the gate found of resolver code, from run to run. */
  cacheDir?: string;
}

/** Rejects when the service would not take the API: schema, resolver code, data sources. */
export async function createAppSync(options: AppSyncOptions): Promise<AppSync> {
  const { api, iam, accountId, graphqlUrl } = options;
  const log = options.log && createApiLog({ ...options, write: options.log });
  const codes = [...api.functions, ...api.resolvers].map(({ logicalId, code }) => [logicalId, code] as const);
  await refuseCode(Object.fromEntries(codes), options, (line) => log?.(line));
  const dataSources = createDataSources(api, { ...options, log });
  const executor = createExecutor({
    api,
    dataSources,
    isAllowed: (caller, fieldArn) => iam.isAllowed(caller, 'appsync:GraphQL', fieldArn),
    onMutation: (publication: Publication) => realtime.publish(publication),
    log,
  });
  const tokens = createJwtVerifier(api.authModes);
  const authenticate = createAuthenticate({
    modes: api.authModes.map(({ type }) => type),
    iam,
    verifyToken: (header) => tokens.verify(header),
    admits: (caller) => executor.admits(caller),
    accountId,
  });
  const realtime = createRealtime({
    authenticate,
    startSubscription: (request) => executor.evaluateSubscription(request),
    selectForSubscriber: (subscription, value) => executor.selectForSubscriber(subscription, value),
    graphqlUrl,
    log,
  });

  return {
    handle: createHttpHandler({ executor, authenticate, log }),
    upgrade: (req, socket, head) => realtime.upgrade(req, socket, head),
    async stop() {
      await realtime.stop();
      for (const dataSource of dataSources.values()) dataSource.stop?.();
    },
  };
}
