/**
 * What the assembly loader makes of a synthesized template, and what every other part of the local stack consumes.
 * Every intrinsic is resolved; names, ARNs and URLs are final. Nothing here knows what the application is about.
 */

/** One IAM statement, with Action, Resource and NotAction… normalized to arrays. */
export interface PolicyStatement {
  /** Where it stands in the template: `<logical id of the Role or Policy>[<index>]`. Named in denials. */
  source: string;
  effect: 'Allow' | 'Deny';
  actions: string[];
  /** Empty in a trust policy. */
  resources: string[];
  /** Operator → key → values. Operators and keys are known ones: the loader refuses others. */
  conditions: Record<string, Record<string, string[]>>;
  /** Resource policies only: `*`, ARNs and service names such as `sns.amazonaws.com`. */
  principals?: string[];
}

/** Facts about one request that conditions may ask for, e.g. `dynamodb:LeadingKeys`. */
export type PolicyContext = Record<string, string | string[]>;

export interface RoleModel {
  logicalId: string;
  arn: string;
  name: string;
  /** Service principals that may assume it, e.g. `lambda.amazonaws.com`. */
  trustedServices: string[];
  statements: PolicyStatement[];
}

export interface TableModel {
  logicalId: string;
  name: string;
  arn: string;
  /** Set when the table has a stream: `<table arn>/stream/local`, which the gateway translates to the engine's own. */
  streamArn?: string;
  ttlAttribute?: string;
  /**
   * The AWS::DynamoDB::Table properties that a CreateTable request takes (KeySchema, AttributeDefinitions,
   * GlobalSecondaryIndexes, StreamSpecification …).
   */
  createTable: Record<string, unknown>;
}

export interface QueueModel {
  logicalId: string;
  name: string;
  arn: string;
  /** `<gateway>/<account>/<name>` */
  url: string;
  /** As CreateQueue's Attributes: strings, RedrivePolicy as JSON. */
  attributes: Record<string, string>;
  /** Statements of the queue's resource policies (AWS::SQS::QueuePolicy). */
  policy: PolicyStatement[];
}

export interface KeyModel {
  logicalId: string;
  /** A UUID, the same at every start. */
  id: string;
  arn: string;
  /** `alias/…` */
  aliases: string[];
  /** `SYMMETRIC_DEFAULT` or `HMAC_256` and its brothers. */
  spec: string;
  usage: 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC';
  description: string;
  enabled: boolean;
  /** As the template says; nothing rotates by itself on one machine. */
  rotates: boolean;
  policy: PolicyStatement[];
}

export interface FunctionModel {
  logicalId: string;
  name: string;
  arn: string;
  roleArn: string;
  /** Absolute path of the asset folder. */
  codeDir: string;
  /** `index.handler` */
  handler: string;
  runtime: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  reservedConcurrency?: number;
  /** What becomes of a chain in which the function runs again and again. */
  recursiveLoop: 'Allow' | 'Terminate';
  logGroup?: string;
}

export interface SqsMappingModel {
  kind: 'sqs';
  logicalId: string;
  functionArn: string;
  queueArn: string;
  batchSize: number;
  windowSeconds: number;
  maximumConcurrency?: number;
  reportBatchItemFailures: boolean;
  enabled: boolean;
}

export interface StreamMappingModel {
  kind: 'dynamodb';
  logicalId: string;
  functionArn: string;
  streamArn: string;
  startingPosition: 'TRIM_HORIZON' | 'LATEST';
  batchSize: number;
  windowSeconds: number;
  parallelizationFactor: number;
  bisectOnError: boolean;
  /** -1: until the record expires. */
  maximumRetryAttempts: number;
  maximumRecordAgeSeconds: number;
  onFailureArn?: string;
  reportBatchItemFailures: boolean;
  /** JSON patterns, alternatives. */
  filters: string[];
  enabled: boolean;
}

export type MappingModel = SqsMappingModel | StreamMappingModel;

export interface OidcProviderModel {
  issuer: string;
  /** Regular expression matched against `aud` or `azp`. */
  clientId?: string;
  authTtlMs?: number;
  iatTtlMs?: number;
}

export type AuthModeModel = { type: 'OPENID_CONNECT'; oidc: OidcProviderModel } | { type: 'AWS_IAM' };

export type DataSourceModel =
  | { name: string; type: 'AMAZON_DYNAMODB'; tableName: string; roleArn: string }
  /** `endpoint`: AWS's own endpoints (SQS) are already replaced by the gateway's URL. */
  | { name: string; type: 'HTTP'; endpoint: string; signing?: { region: string; service: string }; roleArn?: string }
  | { name: string; type: 'AWS_LAMBDA'; functionArn: string; roleArn: string }
  | { name: string; type: 'NONE' };

export interface AppSyncFunctionModel {
  logicalId: string;
  functionId: string;
  name: string;
  dataSource: string;
  code: string;
  maxBatchSize?: number;
}

export interface ResolverModel {
  logicalId: string;
  typeName: string;
  fieldName: string;
  kind: 'UNIT' | 'PIPELINE';
  dataSource?: string;
  /** Function ids, in order. */
  functions: string[];
  code: string;
  maxBatchSize?: number;
}

export interface GraphqlApiModel {
  logicalId: string;
  apiId: string;
  name: string;
  arn: string;
  schema: string;
  /** The first is the default mode. */
  authModes: AuthModeModel[];
  environment: Record<string, string>;
  introspection: boolean;
  queryDepthLimit: number;
  resolverCountLimit: number;
  dataSources: DataSourceModel[];
  functions: AppSyncFunctionModel[];
  resolvers: ResolverModel[];
  logRoleArn?: string;
}

export interface StackModel {
  stackName: string;
  region: string;
  accountId: string;
  partition: string;
  roles: RoleModel[];
  tables: TableModel[];
  queues: QueueModel[];
  keys: KeyModel[];
  functions: FunctionModel[];
  mappings: MappingModel[];
  api: GraphqlApiModel;
  /** Lambda invoke permissions and the like need no model; alarms, dashboards, log groups are known and inert. */
  outputs: Record<string, string>;
}

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** What the gateway offers to the other parts of the local stack: identities and policy decisions. */
export interface LocalIam {
  /** Stable credentials of a role; what they may do is what the role's statements allow. */
  credentialsFor(roleArn: string): AwsCredentials;
  /** Checks a SigV4-signed request. `url` is path and query as received; header names lower-case. */
  verify(
    request: { method: string; url: string; headers: Record<string, string>; body: Uint8Array | string },
    service: string,
  ): Promise<{ ok: true; caller: IamCaller } | { ok: false; reason: string }>;
  /** Evaluates the caller's statements; an administrator may do everything. */
  isAllowed(caller: IamCaller, action: string, resource: string, context?: PolicyContext): boolean;
}

/** A value of the AWS SDK's types as the services' JSON has it: bytes in base64, times in seconds since the epoch. */
export type Wire<Value> = Value extends Uint8Array
  ? string
  : Value extends Date
    ? number
    : { [Name in keyof Value]: Wire<Value[Name]> };

/** A request to the gateway as it would stand in HTTP; header names in lower case. */
export interface GatewayRequest {
  headers: Record<string, string | undefined>;
  body: string;
}

/** The gateway's answer; `drop`: the connection is cut. */
export type GatewayAnswer = { status: number; headers: Record<string, unknown>; body: Uint8Array | string } | 'drop';

/** Calls of AWS services as one role, by a part of this very stack. */
export interface RoleCalls {
  /** Sends one request as it is, once. An abort ends a long poll: it gets what it has taken by then, mostly nothing. */
  send(request: GatewayRequest, signal?: AbortSignal): Promise<GatewayAnswer>;
  /**
   * Calls an operation, and tries again where clients of AWS do.
   *
   * @param target the protocol's name of it, e.g. `AmazonSQS.SendMessage`
   * @throws ServiceError; an Error if there was no answer
   */
  call<Output>(target: string, input: object, signal?: AbortSignal): Promise<Wire<Output>>;
}

/** How the parts of the stack come to their calls: by the role's ARN. Throws if it is none of the stack's. */
export type GatewayRoles = (roleArn: string) => RoleCalls;

export type IamCaller = { kind: 'administrator' } | { kind: 'role'; role: RoleModel };

/** Runs a function as Lambda would. */
export interface FunctionInvoker {
  /** Rejects only when the stack is stopping; a function's error is part of the result. */
  invoke(functionArn: string, payload: unknown, options?: InvokeOptions): Promise<InvokeResult>;
}

export interface InvokeOptions {
  /** Waits for concurrency instead of being throttled (`TooManyRequests`). */
  waitForSlot?: boolean;
  /** Trace headers of what leads to the invocation. */
  traces?: readonly (string | undefined)[];
}

export type InvokeResult =
  | { ok: true; payload: unknown }
  | { ok: false; errorType: 'Unhandled' | 'TimedOut' | 'Crashed' | 'TooManyRequests'; errorMessage: string };
