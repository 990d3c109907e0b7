/** Small APIs and callers for the tests of the local AppSync. */
import type { DataSource } from '../../../src/appsync/datasources/dataSource.ts';
import { noneDataSource } from '../../../src/appsync/datasources/none.ts';
import { createEvaluator } from '../../../src/appsync/execution/evaluate.ts';
import type { Evaluation, EvaluationContext } from '../../../src/appsync/execution/evaluate.ts';
import { createExecutor } from '../../../src/appsync/execution/execute.ts';
import type { Executor } from '../../../src/appsync/execution/execute.ts';
import type { Caller, GraphqlResult, Publication } from '../../../src/appsync/types.ts';
import type { AppSyncFunctionModel, GraphqlApiModel, ResolverModel, RoleModel } from '../../../src/model.ts';

export const ROLE: RoleModel = {
  logicalId: 'publisherRole',
  arn: 'arn:aws:iam::000000000000:role/publisher',
  name: 'publisher',
  trustedServices: ['appsync.amazonaws.com'],
  statements: [],
};

export const oidcCaller: Caller = {
  mode: 'OPENID_CONNECT',
  identity: { sub: 'alice', issuer: 'https://issuer/', claims: { sub: 'alice' } },
};
export const iamCaller: Caller = {
  mode: 'AWS_IAM',
  iam: { kind: 'role', role: ROLE },
  identity: {
    accountId: '000000000000',
    userArn: ROLE.arn,
    username: 'publisher',
    sourceIp: [],
    cognitoIdentityPoolId: null,
    cognitoIdentityId: null,
    cognitoIdentityAuthType: null,
    cognitoIdentityAuthProvider: null,
  },
};

export const apiArn = 'arn:aws:appsync:us-east-1:000000000000:apis/test';

export interface SmallApi {
  schema: string;
  /** Code of unit resolvers with data source NONE, by `Type.field`. */
  units?: Record<string, string>;
  /** Pipelines: the resolver's code, then the functions'. */
  pipelines?: Record<string, string[]>;
  /** Data source of a unit resolver other than `none`, by `Type.field`. */
  sources?: Record<string, string>;
  more?: Partial<GraphqlApiModel>;
}

export function apiModel({ schema, units = {}, pipelines = {}, sources = {}, more = {} }: SmallApi): GraphqlApiModel {
  const place = (key: string) => ({
    logicalId: key,
    typeName: key.split('.')[0] ?? '',
    fieldName: key.split('.')[1] ?? '',
  });
  const functions: AppSyncFunctionModel[] = Object.entries(pipelines).flatMap(([key, [, ...codes]]) =>
    codes.map((code, index) => ({
      logicalId: `${key}${index}`,
      functionId: `${key}${index}`,
      name: `f${index}`,
      dataSource: 'none',
      code,
    })),
  );
  const resolvers: ResolverModel[] = [
    ...Object.entries(units).map(([key, code]) => ({
      ...place(key),
      kind: 'UNIT' as const,
      dataSource: sources[key] ?? 'none',
      functions: [],
      code,
    })),
    ...Object.entries(pipelines).map(([key, [code = '', ...rest]]) => ({
      ...place(key),
      kind: 'PIPELINE' as const,
      functions: rest.map((_, index) => `${key}${index}`),
      code,
    })),
  ];
  return {
    logicalId: 'api',
    apiId: 'test',
    name: 'test',
    arn: apiArn,
    schema,
    authModes: [{ type: 'OPENID_CONNECT', oidc: { issuer: 'https://issuer/' } }, { type: 'AWS_IAM' }],
    environment: { STAGE: 'test' },
    introspection: true,
    queryDepthLimit: 0,
    resolverCountLimit: 0,
    dataSources: [{ name: 'none', type: 'NONE' }],
    functions,
    resolvers,
    ...more,
  };
}

export interface RunningApi {
  executor: Executor;
  published: Publication[];
  logs: string[];
  /** Executes and gives the body of the answer. */
  run(
    query: string,
    options?: {
      variables?: Record<string, unknown>;
      caller?: Caller;
      headers?: Record<string, string>;
      operationName?: string;
    },
  ): Promise<GraphqlResult>;
}

export function startApi(
  small: SmallApi,
  options: { dataSources?: Record<string, DataSource>; isAllowed?: (fieldArn: string) => boolean } = {},
): RunningApi {
  const published: Publication[] = [];
  const logs: string[] = [];
  const executor = createExecutor({
    api: apiModel(small),
    dataSources: new Map(Object.entries({ none: noneDataSource, ...options.dataSources })),
    isAllowed: (_caller, arn) => options.isAllowed?.(arn) ?? true,
    onMutation: (publication) => published.push(publication),
    log: (line) => logs.push(line),
  });
  return {
    executor,
    published,
    logs,
    async run(query, { variables, caller = oidcCaller, headers = {}, operationName } = {}) {
      const answer = await executor.execute({ query, variables, operationName, caller, headers });
      if (!answer.ok) throw new Error(`${answer.errorType}: ${answer.message}`);
      // As a client sees it.
      return JSON.parse(JSON.stringify(answer.result)) as GraphqlResult;
    },
  };
}

export const importLine =
  "import { util, extensions, runtime } from '@aws-appsync/utils';\nimport * as ddb from '@aws-appsync/utils/dynamodb';\n";

/** Resolver code whose request handler has the given body, and whose response handler passes the result on. */
export function requestBody(body: string): string {
  return `${importLine}export function request(ctx) {\n${body}\n}\nexport function response(ctx) { return ctx.result; }`;
}

/** Resolver code that answers with the given expression. */
export function answering(expression: string): string {
  return `${importLine}export function request(ctx) { return { payload: null }; }\nexport function response(ctx) { return ${expression}; }`;
}

export function evaluationContext(more: Partial<EvaluationContext> = {}): EvaluationContext {
  return {
    args: {},
    identity: null,
    stash: '{}',
    info: {
      fieldName: 'field',
      parentTypeName: 'Query',
      variables: {},
      selectionSetList: ['id'],
      selectionSetGraphQL: '{ id }',
    },
    request: { headers: {}, domainName: null },
    env: {},
    ...more,
  };
}

/** Evaluates the body of a request handler. */
export function evaluateBody(body: string, more: Partial<EvaluationContext> = {}): Evaluation {
  const evaluator = createEvaluator();
  return evaluator.evaluate(evaluator.load('test', requestBody(body)), 'request', evaluationContext(more), {
    authType: 'Open ID Connect Authorization',
    subscription: false,
  });
}

/** The value of an expression in a request handler; throws what it raises. */
export function valueOf(expression: string, more: Partial<EvaluationContext> = {}): unknown {
  const evaluation = evaluateBody(`return ${expression};`, more);
  if (evaluation.kind === 'value') return evaluation.value;
  throw new Error(evaluation.kind === 'error' ? evaluation.error.message : evaluation.kind);
}
