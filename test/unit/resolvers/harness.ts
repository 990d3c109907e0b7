import { bundleResolvers } from '../../../infra/api/resolverBundles.ts';
import { createEvaluator, type Evaluation, type EvaluationContext, type LoadedCode } from 'appsync-local/parts';
import { resolvers } from '../../../resolvers/manifest.ts';

/** The bundled code, as it is deployed, in the local AppSync's runtime. */
const bundles = await bundleResolvers();
export const logged: string[] = [];
const evaluator = createEvaluator({ log: (line) => logged.push(line) });
const loaded = new Map<string, LoadedCode>(
  Object.entries(bundles).map(([name, code]) => [name, evaluator.load(name, code)]),
);

export const env = {
  ADMIN_ISSUER: 'https://admin.example/',
  ADMIN_CLIENT_ID: 'admin-client',
  USER_ISSUER: 'https://user.example/',
  USER_CLIENT_ID: 'user-client',
  API_AUDIENCE: 'https://api.example/',
  EMAIL: 'form',
  FUNCTION_ROLES: 'arn:aws:sts::000000000000:assumed-role/command arn:aws:sts::000000000000:assumed-role/execute',
  QUEUE_URL_PREFIX: 'https://sqs.example/1/stack-',
  RECOVERY_QUEUE_URL: 'https://sqs.example/1/stack-recoveryQueue',
  RECOVERY_TABLE: 'stack-recovery',
  UNIQUE_VALUE_TABLE: 'stack-uniqueValue',
  USER_TABLE: 'stack-user',
  ROLE_TABLE: 'stack-role',
  AUTHORIZATION_TABLE: 'stack-authorization',
  GROUP_TABLE: 'stack-group',
};

const moment = '2026-01-01T00:00:00.000Z';
const anyRow = { id: 'x', version: 1, createdAt: moment, updatedAt: moment };
const anyNamed = { ...anyRow, name: 'n', description: 'd' };
const anyRows = {
  user: { ...anyRow, firstName: 'A', lastName: 'B', birthDate: '2000-01-01', email: 'a@b.de' },
  role: { ...anyNamed, authorizationIds: [] as string[] },
  authorization: anyNamed,
  group: anyNamed,
};

/** A row that can be shown, of which only what is given matters. */
export const whole = <Name extends keyof typeof anyRows, Given extends object>(aggregate: Name, given: Given) => ({
  ...anyRows[aggregate],
  ...given,
});

/** A sender of requests: what AppSync knows of one. */
export interface Sender {
  authType: string;
  identity: unknown;
}

export const withToken = (issuer: string, sub: unknown, claims: Record<string, unknown>): Sender => ({
  authType: 'Open ID Connect Authorization',
  identity: { sub, issuer, claims: { iss: issuer, sub, aud: env.API_AUDIENCE, ...claims } },
});
export const admin = withToken(env.ADMIN_ISSUER, 'auth0|root', { azp: env.ADMIN_CLIENT_ID });
export const user = withToken(env.USER_ISSUER, 'auth0|alice', { azp: env.USER_CLIENT_ID });
export const signed = (userArn: string): Sender => ({
  authType: 'IAM Authorization',
  identity: { accountId: '000000000000', userArn, username: 'execute', sourceIp: ['127.0.0.1'] },
});
export const system = signed('arn:aws:sts::000000000000:assumed-role/execute/execute');
export const nobody: Sender = { authType: 'API Key Authorization', identity: null };

export type Answer =
  | { result: unknown }
  | { error: { message: string; type: string } }
  | { result: unknown; error: { message: string; type: string } };
/** Stands in for the data sources. */
export type DataSources = (name: string, request: any) => Answer;

export interface Asked {
  args?: Record<string, unknown>;
  from?: Sender;
  dataSources?: DataSources;
  /** `info.selectionSetList` and `info.selectionSetGraphQL`. */
  selection?: { list: string[]; text: string };
  env?: Record<string, string>;
  /** The field's name as its code is told it, if not its own. */
  calledAs?: string;
}

/** What became of a field: as the client sees it, with the requests made on the way. */
export interface Outcome {
  kind: 'value' | 'error' | 'unauthorized';
  value?: any;
  error?: { message: string; type: string | null; info: unknown };
  requests: { dataSource: string; request: any }[];
  filter?: any;
}

class Refusal extends Error {
  constructor(readonly evaluation: Evaluation) {
    super(evaluation.kind);
  }
}

/** Resolves a root field as AppSync does: its unit, or its pipeline. */
export const resolve = (
  typeName: string,
  fieldName: string,
  { args = {}, from = admin, dataSources, selection, env: environment = env, calledAs = fieldName }: Asked = {},
): Outcome => {
  const entry = resolvers.find((each) => each.typeName === typeName && each.fieldName === fieldName);
  if (!entry) throw new Error(`${typeName}.${fieldName} has no resolver`);
  const requests: Outcome['requests'] = [];
  let stash = '{}';
  let filter: unknown;

  const evaluate = (code: string, handler: 'request' | 'response', more: Partial<EvaluationContext>) => {
    const context: EvaluationContext = {
      args,
      identity: from.identity,
      stash,
      env: environment,
      request: { headers: {}, domainName: null },
      info: {
        fieldName: calledAs,
        parentTypeName: typeName,
        variables: {},
        selectionSetList: selection?.list ?? [],
        selectionSetGraphQL: selection?.text ?? '',
      },
      ...more,
    };
    const unit = loaded.get(code);
    if (!unit) throw new Error(`There is no code ${code}`);
    const evaluation = evaluator.evaluate(unit, handler, context, {
      authType: from.authType,
      subscription: typeName === 'Subscription',
    });
    stash = evaluation.stash;
    if (evaluation.filter !== undefined) filter = evaluation.filter;
    if (evaluation.kind === 'error' || evaluation.kind === 'unauthorized') throw new Refusal(evaluation);
    return evaluation;
  };

  const step = (code: string, dataSource: string, prev: unknown) => {
    const request = evaluate(code, 'request', { prev: { result: prev } });
    if (request.kind === 'return') return { value: request.value, end: request.skipTo === 'END', early: true };
    const asked = request.kind === 'value' ? request.value : undefined;
    // None calls nobody.
    if (dataSource !== 'None') requests.push({ dataSource, request: asked });
    const answer: Answer =
      dataSource === 'None'
        ? { result: (asked as { payload: unknown }).payload }
        : ofOneFunction(dataSource, code, asked, (own) => (dataSources ?? noDataSource)(dataSource, own));
    const response = evaluate(code, 'response', { prev: { result: prev }, ...answer });
    return { value: response.kind === 'value' ? response.value : undefined, end: false, early: false };
  };

  try {
    if (!entry.functions)
      return { kind: 'value', value: step(entry.code, entry.dataSource ?? '', undefined).value, requests, filter };
    let previous: unknown = (evaluate(entry.code, 'request', {}) as { value: unknown }).value;
    for (const each of entry.functions) {
      const { value, end } = step(each.code, each.dataSource, previous);
      previous = value;
      if (end) break;
    }
    const response = evaluate(entry.code, 'response', { prev: { result: previous }, result: previous });
    return { kind: 'value', value: (response as { value: unknown }).value, requests, filter };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    const { evaluation } = refusal;
    return {
      kind: evaluation.kind as 'error' | 'unauthorized',
      ...(evaluation.kind === 'error' && { error: evaluation.error }),
      requests,
    };
  }
};

/** As AppSync does: a token of DynamoDB's is good only for the function that got it. For what is read in steps. */
const ofOneFunction = (dataSource: string, code: string, request: any, ask: (request: unknown) => Answer): Answer => {
  if (dataSource !== 'Directory' || request?.operation !== 'Query') return ask(request);
  const mark = ` of ${code}`;
  const { nextToken } = request;
  if (typeof nextToken === 'string' && / of /.test(nextToken) && !nextToken.endsWith(mark))
    return { result: null, error: { message: 'Invalid pagination token given.', type: 'DynamoDB:BadRequest' } };
  const own = typeof nextToken === 'string' ? { ...request, nextToken: nextToken.replace(/ of .*$/, '') } : request;
  const answer = ask(own);
  const result = 'result' in answer ? (answer.result as { nextToken?: unknown } | null) : null;
  return typeof result?.nextToken === 'string'
    ? { ...answer, result: { ...result, nextToken: `${result.nextToken}${mark}` } }
    : answer;
};

const noDataSource: DataSources = (name) => {
  throw new Error(`Nobody expected a request to ${name}`);
};

/** A queue that takes every message, and a quota that is not used up. */
export const queues: DataSources = (name) => ({
  result: name === 'Quota' ? {} : { statusCode: 200, headers: {}, body: '{"MessageId":"m1","MD5OfMessageBody":"x"}' },
});

/** The message that was put on a queue. */
export const sent = (outcome: Outcome): { queueUrl: string; message: any } => {
  const { QueueUrl, MessageBody } = outcome.requests.at(-1)!.request.params.body;
  return { queueUrl: QueueUrl, message: JSON.parse(MessageBody) };
};
