/** The types that the parts of the local AppSync share. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DocumentNode, FieldNode, FragmentDefinitionNode } from 'graphql';
import type { IamCaller } from '../model.ts';

export type AuthMode = 'AWS_IAM' | 'OPENID_CONNECT';

/** `ctx.identity` of a caller with a verified token. */
export interface OidcIdentity {
  sub: string;
  issuer: string;
  claims: Record<string, unknown>;
}

/** `ctx.identity` of a caller with a SigV4 signature. */
export interface IamIdentity {
  accountId: string;
  userArn: string;
  username: string;
  sourceIp: string[];
  cognitoIdentityPoolId: null;
  cognitoIdentityId: null;
  cognitoIdentityAuthType: null;
  cognitoIdentityAuthProvider: null;
}

/** Who sends a request, once authenticated. */
export type Caller =
  { mode: 'OPENID_CONNECT'; identity: OidcIdentity } | { mode: 'AWS_IAM'; identity: IamIdentity; iam: IamCaller };

/** What authentication looks at: of an HTTP request, or of the headers that a WebSocket client wraps in JSON. */
export interface AuthenticationInput {
  method: string;
  /** Path and query as signed, e.g. `/graphql` or `/graphql/connect`. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body as signed. */
  body: Uint8Array | string;
  /** Addresses for `ctx.identity.sourceIp`: `x-forwarded-for` entries and the peer. */
  sourceIp: string[];
}

/** A refusal is always HTTP status 401 with errorType `UnauthorizedException`. */
export type Authentication =
  { ok: true; caller: Caller } | { ok: false; status: 401; errorType: 'UnauthorizedException'; message: string };

export type Authenticate = (input: AuthenticationInput) => Promise<Authentication>;

/** One entry of `errors` for an executed request; the keys are written in this order. */
export interface FieldError {
  path: (string | number)[] | null;
  data: unknown;
  errorType: string | null;
  errorInfo: unknown;
  locations: SourceLocation[] | null;
  message: string;
}

/** An error of a request that was not executed (validation, variables). */
export interface RequestError {
  path: null;
  locations: SourceLocation[] | null;
  message: string;
  errorType?: string;
}

export interface SourceLocation {
  line: number;
  column: number;
  sourceName: null;
}

export type ErrorEntry = FieldError | RequestError;

/** The body of a response to an executed or validated request. */
export interface GraphqlResult {
  data: Record<string, unknown> | null;
  errors?: ErrorEntry[];
}

export type FilterOperator =
  | 'eq'
  | 'ne'
  | 'le'
  | 'lt'
  | 'ge'
  | 'gt'
  | 'between'
  | 'contains'
  | 'notContains'
  | 'beginsWith'
  | 'in'
  | 'notIn'
  | 'containsAny';

/**
 * As given to `extensions.setSubscriptionFilter`, not yet checked: operators, types and limits are the real-time part's
 * to refuse.
 */
export interface SubscriptionFilter {
  /** Groups are alternatives; the filters of one group must all hold. */
  filterGroup: { filters: { fieldName: string; operator: FilterOperator; value: unknown }[] }[];
}

/** What a `start` frame asks for. */
export interface SubscriptionRequest {
  query: string;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
  caller: Caller;
  /** The client's headers for `ctx.request.headers`, names in lower case. */
  headers: Record<string, string>;
}

/** A subscription whose resolver (if any) has let it start. */
export interface Subscription {
  fieldName: string;
  /**
   * Coerced arguments; an argument that is absent here was not given at all. A variable left out by the client counts
   * as null.
   */
  args: Record<string, unknown>;
  /** Set by the resolver; replaces the matching of arguments altogether. */
  filter: SubscriptionFilter | null;
  /** Names of the mutations in `@aws_subscribe`. */
  mutations: string[];
  /** Name of the payload's type. */
  typeName: string;
  caller: Caller;
  selection: SubscriptionSelection;
}

/** What re-selecting a payload needs; of no interest elsewhere. */
export interface SubscriptionSelection {
  document: DocumentNode;
  fields: FieldNode[];
  fragments: Record<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
}

export type SubscriptionStart = { ok: true; subscription: Subscription } | { ok: false; errors: ErrorEntry[] };

/** An object, or a list where the mutation's type is one. */
export type PublishedValue = Record<string, unknown> | unknown[];

/** A mutation field that resolved without raising an error. */
export interface Publication {
  /** Name of the mutation field. */
  mutation: string;
  typeName: string;
  /**
   * The field's result as the publisher got it: scalars serialized, cut to the publisher's selection set, under the
   * publisher's names. A field that was selected under an alias only is absent under its own name.
   */
  value: PublishedValue;
}

/** The part that serves `/graphql/realtime`. */
export interface Realtime {
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  publish(publication: Publication): void;
  stop(): Promise<void> | void;
}

/** What the real-time part gets from the rest of AppSync. */
export interface RealtimeDependencies {
  authenticate: Authenticate;
  /** Parses, validates, authorizes and runs the subscription's resolver. Never rejects. */
  startSubscription(request: SubscriptionRequest): Promise<SubscriptionStart>;
  /**
   * Cuts a publication to what a subscriber selected. Field resolvers do not run again; what the publisher left out is
   * null.
   */
  selectForSubscriber(subscription: Subscription, value: PublishedValue): GraphqlResult;
  /** The URL of `/graphql`; its host is what clients name in `host`. */
  graphqlUrl: string;
  log?: (line: string) => void;
}

/** The local stand-in for one GraphQL API. */
export interface AppSync {
  /** POST, GET and OPTIONS of `/graphql`. Never rejects. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** An upgrade request to `/graphql/realtime`. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  stop(): Promise<void>;
}
