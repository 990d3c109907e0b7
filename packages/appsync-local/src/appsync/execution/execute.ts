/** Executes queries, mutations and the starts of subscriptions against one API. */
import { execute, OperationTypeNode } from 'graphql';
import type { ExecutionResult, GraphQLFieldResolver, OperationDefinitionNode } from 'graphql';
import type { GraphqlApiModel } from '../../model.ts';
import { createAccess } from '../auth/access.ts';
import type { PolicyDecision } from '../auth/access.ts';
import type { DataSource } from '../datasources/dataSource.ts';
import { chooseOperation, createDocumentCheck } from '../http/documents.ts';
import { executionEntry, internalCause, nodeLocation } from './errors.ts';
import { createEvaluator } from './evaluate.ts';
import { planResolvers } from './plans.ts';
import { publicationsOf } from '../realtime/publish.ts';
import { RequestState } from '../http/request.ts';
import { resolveField, typeOf } from './resolveField.ts';
import type { FieldContext } from './resolveField.ts';
import { buildSchema } from '../schema/schema.ts';
import { fragmentsOf } from './selection.ts';
import { createSubscriptionStart } from '../realtime/startSubscription.ts';
import type {
  Caller,
  ErrorEntry,
  GraphqlResult,
  Publication,
  PublishedValue,
  Subscription,
  SubscriptionRequest,
  SubscriptionStart,
} from '../types.ts';
import { coerceVariables } from '../schema/variables.ts';

export interface GraphqlRequest {
  query: string;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
  caller: Caller;
  /** The client's headers, names in lower case. */
  headers: Record<string, string>;
  /** Whether mutations are refused. */
  readOnly?: boolean;
}

export type GraphqlAnswer =
  | { ok: true; result: GraphqlResult; headers: Record<string, string> }
  /** The request is not one; answered with HTTP status 400. */
  | { ok: false; errorType: string; message: string };

export interface Executor {
  execute(request: GraphqlRequest): Promise<GraphqlAnswer>;
  evaluateSubscription(request: SubscriptionRequest): Promise<SubscriptionStart>;
  selectForSubscriber(subscription: Subscription, value: PublishedValue): GraphqlResult;
  /** Whether a caller may do anything at all here. */
  admits(caller: Caller): boolean;
}

export interface ExecutorOptions {
  api: GraphqlApiModel;
  dataSources: Map<string, DataSource>;
  /** Whether a policy lets an IAM caller use a field, given as the field's ARN. */
  isAllowed: PolicyDecision;
  /** Gets what each mutation publishes. */
  onMutation: (publication: Publication) => void;
  log?: (line: string) => void;
}

/** Throws SchemaError, ResolverCodeError or an Error when the service would refuse the API. */
export function createExecutor({ api, dataSources, isAllowed, onMutation, log }: ExecutorOptions): Executor {
  const { schema, plain, rules } = buildSchema(api);
  const evaluator = createEvaluator({ log });
  const plans = planResolvers(api, schema, evaluator, dataSources);
  const check = createDocumentCheck(schema, api.introspection, api.queryDepthLimit);
  const access = createAccess({ apiArn: api.arn, schema, rules, isAllowed });
  const fieldContext: FieldContext = { schema, evaluator, plans, access, environment: api.environment };

  const stateFor = (request: GraphqlRequest): RequestState =>
    new RequestState({
      caller: request.caller,
      headers: request.headers,
      resolverCountLimit: api.resolverCountLimit,
      queryDepthLimit: api.queryDepthLimit,
    });

  const subscriptions = createSubscriptionStart({ schema, plain, rules, access, fieldContext, check, stateFor, log });

  async function run(request: GraphqlRequest): Promise<GraphqlAnswer> {
    const checked = check(request.query);
    if (checked.kind === 'unreadable')
      return { ok: false, errorType: 'MalformedHttpRequestException', message: checked.message };
    if (checked.kind === 'invalid') return answer({ data: null, errors: checked.errors });
    const chosen = chooseOperation(checked.document, request.operationName);
    if (!chosen.ok) return { ok: false, errorType: 'BadRequestException', message: chosen.message };
    const { operation } = chosen;
    if (request.readOnly && operation.operation !== OperationTypeNode.QUERY)
      return { ok: false, errorType: 'BadRequestException', message: 'Only queries can be sent by GET.' };
    if (operation.operation === OperationTypeNode.SUBSCRIPTION)
      return answer({ data: null, errors: [subscriptionOverHttp(operation)] });
    const coerced = coerceVariables(schema, operation, request.variables ?? {});
    if (!coerced.ok) return answer({ data: null, errors: coerced.errors });

    const state = stateFor(request);
    const result = await execute({
      schema,
      document: checked.document,
      operationName: operation.name?.value,
      variableValues: request.variables ?? {},
      contextValue: state,
      fieldResolver: resolver,
      typeResolver: typeOf,
    });
    const errors = errorsOf(result, state);
    if (operation.operation === OperationTypeNode.MUTATION && schema.getMutationType()) {
      const scope = { schema, fragments: fragmentsOf(checked.document), variables: coerced.values };
      publicationsOf(operation, result.data ?? {}, errors, scope, log).forEach(onMutation);
    }
    return answer({ data: result.data ?? null, ...(errors.length > 0 ? { errors } : {}) }, state.responseHeaders);
  }

  const resolver: GraphQLFieldResolver<unknown, RequestState> = (source, args: Record<string, unknown>, state, info) =>
    resolveField(fieldContext, source, args, state, info);

  function errorsOf(result: ExecutionResult, state: RequestState): ErrorEntry[] {
    for (const error of result.errors ?? []) {
      const cause = internalCause(error);
      if (cause) log?.(`${error.path?.join('/') ?? ''}: ${cause.stack ?? cause.message}`);
    }
    const errors = [...state.errors, ...(result.errors ?? []).map((error) => executionEntry(error, schema))];
    for (const { path, errorType, message } of errors)
      log?.(`${path?.join('/') ?? ''}: ${errorType ?? 'error'}: ${message}`);
    return errors;
  }

  return {
    execute: run,
    evaluateSubscription: subscriptions.start,
    selectForSubscriber: subscriptions.select,
    admits: access.admits,
  };
}

function answer(result: GraphqlResult, headers: Record<string, string> = {}): GraphqlAnswer {
  return { ok: true, result, headers };
}

function subscriptionOverHttp(operation: OperationDefinitionNode): ErrorEntry {
  return {
    path: null,
    locations: nodeLocation(operation),
    message: 'Subscriptions are not supported over HTTP; use the real-time endpoint.',
    errorType: 'OperationNotSupported',
  };
}
