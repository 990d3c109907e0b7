/** Resolves one field: access, limits, then its resolver or the parent's property. */
import { getNullableType, isCompositeType, isListType, print } from 'graphql';
import type { FieldNode, FragmentDefinitionNode, GraphQLOutputType, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import type { Access } from '../auth/access.ts';
import { failure, FieldFailure, writtenPath } from './errors.ts';
import type { Evaluator } from './evaluate.ts';
import type { RequestState } from '../http/request.ts';
import { runResolver } from './resolve.ts';
import type { BaseContext, ResolverPlan } from './resolve.ts';
import { selectionSetList, trimToSelection } from './selection.ts';
import type { AuthMode } from '../types.ts';

export interface FieldContext {
  schema: GraphQLSchema;
  evaluator: Evaluator;
  plans: Map<string, Map<string, ResolverPlan>>;
  access: Access;
  environment: Record<string, string>;
}

/** A field of a request, with all that its resolver may ask about it. */
export interface FieldSite {
  typeName: string;
  fieldName: string;
  nodes: readonly FieldNode[];
  returnType: GraphQLOutputType;
  fragments: Record<string, FragmentDefinitionNode>;
  variables: Record<string, unknown>;
  path: (string | number)[];
  /** Absent at the root. */
  source?: unknown;
  /** Receives `extensions.setSubscriptionFilter`; set for subscriptions alone. */
  setFilter?: (filter: unknown) => void;
}

const authTypes: Record<AuthMode, string> = {
  AWS_IAM: 'IAM Authorization',
  OPENID_CONNECT: 'Open ID Connect Authorization',
};

/** For graphql-js: the value, a promise of it, or a FieldFailure thrown. */
export function resolveField(
  context: FieldContext,
  source: unknown,
  args: Record<string, unknown>,
  state: RequestState,
  info: GraphQLResolveInfo,
): unknown {
  const typeName = info.parentType.name;
  const path = pathOf(info.path);
  state.checkDepth(path.reduce<number>((depth, step) => depth + (typeof step === 'string' ? 1 : 0), 0));
  context.access.authorize(state.caller, typeName, info.fieldName);
  const plan = context.plans.get(typeName)?.get(info.fieldName);
  if (!plan) return propertyOf(source, info.fieldName);
  const { fieldName, fieldNodes: nodes, returnType, fragments, variableValues: variables } = info;
  const site: FieldSite = {
    typeName,
    fieldName,
    nodes,
    returnType,
    fragments,
    variables,
    path,
    ...(info.path.prev ? { source } : {}),
  };
  return runField(context, plan, site, withOmittedVariables(args, nodes[0], variables), state);
}

/** Runs a field's resolver. Rejects with FieldFailure when the field is to be null. */
export async function runField(
  context: FieldContext,
  plan: ResolverPlan,
  site: FieldSite,
  args: Record<string, unknown>,
  state: RequestState,
): Promise<unknown> {
  state.countResolver();
  const { typeName, fieldName, nodes, path } = site;
  const scope = { schema: context.schema, fragments: site.fragments, variables: site.variables };
  const trimmed = <T extends { data: unknown }>(raised: T): T => ({
    ...raised,
    data: trimToSelection(raised.data, nodes, site.returnType, scope) ?? null,
  });
  const base: BaseContext = {
    args,
    identity: state.caller.identity,
    ...('source' in site ? { source: site.source } : {}),
    info: { fieldName, parentTypeName: typeName, variables: site.variables, ...selectionOf(plan, site, scope) },
    request: { headers: state.headers, domainName: null },
    env: context.environment,
  };
  try {
    const value = await runResolver(context.evaluator, plan, base, {
      authType: authTypes[state.caller.mode],
      typeName,
      fieldName,
      subscription: site.setFilter !== undefined,
      appendError: (raised) => state.appendError(trimmed(raised), path, nodes[0]),
      addHeader: (name, value) => state.addHeader(name, value, path, nodes[0]),
      setFilter: (filter) => site.setFilter?.(filter),
      withinDeadline: (work) => state.withinDeadline(work),
    });
    const expected = mismatch(value, site.returnType);
    if (expected)
      throw failure(
        null,
        `Can't resolve value (${writtenPath(path)}) : type mismatch error, expected type ${expected}`,
      );
    return value;
  } catch (error) {
    throw error instanceof FieldFailure ? new FieldFailure(trimmed(error.raised)) : error;
  }
}

/** The kind of value that a field's type wants, if the value is of another. */
function mismatch(value: unknown, type: GraphQLOutputType): 'LIST' | 'OBJECT' | null {
  const nullable = getNullableType(type);
  if (value === null) return null;
  if (isListType(nullable)) return Array.isArray(value) ? null : 'LIST';
  return isCompositeType(nullable) && (typeof value !== 'object' || Array.isArray(value)) ? 'OBJECT' : null;
}

/** Costs more than the rest of `ctx`, so it is made only for code that names it. */
function selectionOf(
  plan: ResolverPlan,
  site: FieldSite,
  scope: Parameters<typeof selectionSetList>[2],
): { selectionSetList: string[]; selectionSetGraphQL: string } {
  const codes = plan.kind === 'UNIT' ? [plan.step.code] : [plan.code, ...plan.steps.map(({ code }) => code)];
  if (!codes.some(({ readsSelection }) => readsSelection)) return { selectionSetList: [], selectionSetGraphQL: '' };
  return {
    selectionSetList: selectionSetList(site.nodes, site.returnType, scope),
    selectionSetGraphQL: site.nodes.map(({ selectionSet }) => (selectionSet ? print(selectionSet) : '')).join('\n'),
  };
}

/** An argument given by a variable that the client left out arrives as null, as it does in the service. */
export function withOmittedVariables(
  args: Record<string, unknown>,
  node: FieldNode | undefined,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  const omitted = (node?.arguments ?? []).filter(
    ({ name, value }) =>
      value.kind === 'Variable' && !Object.hasOwn(variables, value.name.value) && !Object.hasOwn(args, name.value),
  );
  return omitted.length > 0 ? { ...args, ...Object.fromEntries(omitted.map(({ name }) => [name.value, null])) } : args;
}

export function propertyOf(source: unknown, name: string): unknown {
  return typeof source === 'object' && source !== null && Object.hasOwn(source, name)
    ? (source as Record<string, unknown>)[name]
    : null;
}

/** Of an interface or union: resolvers say which type a value has. */
export function typeOf(value: unknown): string | undefined {
  const name = propertyOf(value, '__typename');
  return typeof name === 'string' ? name : undefined;
}

function pathOf(path: GraphQLResolveInfo['path']): (string | number)[] {
  const steps: (string | number)[] = [];
  for (let step: GraphQLResolveInfo['path'] | undefined = path; step; step = step.prev) steps.push(step.key);
  return steps.reverse();
}
