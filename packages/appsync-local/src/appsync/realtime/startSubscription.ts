/** The GraphQL side of subscriptions: letting one start, and cutting what is published to what it selected. */
import { executeSync, getArgumentValues, getNamedType, Kind, OperationTypeNode } from 'graphql';
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import type { Access } from '../auth/access.ts';
import { chooseOperation } from '../http/documents.ts';
import type { CheckedDocument } from '../http/documents.ts';
import { executionEntry, failure, FieldFailure, nodeLocation, raisedEntry } from '../execution/errors.ts';
import type { RequestState } from '../http/request.ts';
import { propertyOf, runField, typeOf, withOmittedVariables } from '../execution/resolveField.ts';
import type { FieldContext } from '../execution/resolveField.ts';
import type { ApiSchema } from '../schema/schema.ts';
import { fragmentsOf, responseName, subfields } from '../execution/selection.ts';
import type {
  ErrorEntry,
  GraphqlResult,
  PublishedValue,
  Subscription,
  SubscriptionFilter,
  SubscriptionRequest,
  SubscriptionStart,
} from '../types.ts';
import { coerceVariables } from '../schema/variables.ts';

export interface SubscriptionOptions {
  schema: GraphQLSchema;
  plain: GraphQLSchema;
  rules: ApiSchema['rules'];
  access: Access;
  fieldContext: FieldContext;
  check(query: string): CheckedDocument;
  stateFor(request: SubscriptionRequest): RequestState;
  log?: (line: string) => void;
}

export function createSubscriptionStart(options: SubscriptionOptions) {
  const { schema, plain, rules, access, fieldContext, check, stateFor, log } = options;

  async function start(request: SubscriptionRequest): Promise<SubscriptionStart> {
    const checked = check(request.query);
    if (checked.kind === 'unreadable') return refused('MalformedHttpRequestException', checked.message);
    if (checked.kind === 'invalid') return { ok: false, errors: checked.errors };
    const chosen = chooseOperation(checked.document, request.operationName);
    if (!chosen.ok) return refused('BadRequestException', chosen.message);
    const { operation } = chosen;
    const root = schema.getSubscriptionType();
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION || !root)
      return refused('UnsupportedOperation', `${operation.operation} not supported through the realtime channel`);
    const coerced = coerceVariables(schema, operation, request.variables ?? {});
    if (!coerced.ok) return { ok: false, errors: coerced.errors };

    const fragments = fragmentsOf(checked.document);
    const variables = coerced.values;
    const fields = subfields([operation], root.name, { schema, fragments, variables });
    const [node] = fields;
    const definition = node ? root.getFields()[node.name.value] : undefined;
    if (!node || !definition)
      return refused('UnsupportedOperation', 'unknown not supported through the realtime channel');
    const fieldName = node.name.value;
    const path = [responseName(node)];
    const state = stateFor(request);
    let filter: SubscriptionFilter | null = null;
    try {
      access.authorize(request.caller, root.name, fieldName);
      const args = withOmittedVariables(getArgumentValues(definition, node, variables), node, variables);
      const plan = fieldContext.plans.get(root.name)?.get(fieldName);
      if (plan) {
        const setFilter = (given: unknown) => {
          filter = given as SubscriptionFilter | null;
        };
        const site = {
          typeName: root.name,
          fieldName,
          nodes: fields,
          returnType: definition.type,
          fragments,
          variables,
          path,
          setFilter,
        };
        const value = await runField(fieldContext, plan, site, args, state);
        if (value !== null && (typeof value !== 'object' || Array.isArray(value)))
          throw failure(
            null,
            `The resolver of ${root.name}.${fieldName} must return null or an object of type ${getNamedType(definition.type).name}.`,
          );
      }
      if (state.errors.length > 0) return { ok: false, errors: state.errors };
      const document = { kind: Kind.DOCUMENT, definitions: [operation, ...Object.values(fragments)] } as const;
      const selection = { document, fields, fragments, variables: request.variables ?? {} };
      const mutations = rules.get(root.name)?.get(fieldName)?.mutations ?? [];
      return {
        ok: true,
        subscription: {
          fieldName,
          args,
          filter,
          mutations,
          typeName: getNamedType(definition.type).name,
          caller: request.caller,
          selection,
        },
      };
    } catch (error) {
      if (!(error instanceof FieldFailure))
        log?.(`${root.name}.${fieldName}: ${(error as Error).stack ?? String(error)}`);
      const raised =
        error instanceof FieldFailure
          ? error.raised
          : failure('InternalFailure', 'An internal failure occurred while resolving this field.').raised;
      return { ok: false, errors: [...state.errors, raisedEntry(raised, path, nodeLocation(node))] };
    }
  }

  /** Field resolvers do not run: what the publisher left out is null. */
  const readProperty: GraphQLFieldResolver<unknown, Subscription> = (source, _args, { caller }, info) => {
    if (info.path.prev) access.authorize(caller, info.parentType.name, info.fieldName);
    return propertyOf(source, info.fieldName);
  };

  /** The answer stands under the field's own name, whatever alias the subscriber gave it. */
  function select(subscription: Subscription, value: PublishedValue): GraphqlResult {
    const { document, fields, variables } = subscription.selection;
    const { fieldName } = subscription;
    const alias = fields[0] ? responseName(fields[0]) : fieldName;
    const result = executeSync({
      schema: plain,
      document,
      rootValue: { [fieldName]: value },
      contextValue: subscription,
      variableValues: variables,
      fieldResolver: readProperty,
      typeResolver: typeOf,
    });
    const errors = (result.errors ?? []).map((error) => underOwnName(executionEntry(error, plain), fieldName));
    const data = result.data ? { [fieldName]: result.data[alias] } : null;
    return { data, ...(errors.length > 0 ? { errors } : {}) };
  }

  return { start, select };
}

function underOwnName(error: ErrorEntry, fieldName: string): ErrorEntry {
  return error.path ? { ...error, path: [fieldName, ...error.path.slice(1)] } : error;
}

function refused(errorType: string, message: string): SubscriptionStart {
  return { ok: false, errors: [{ path: null, locations: null, message, errorType }] };
}
