/** Runs one resolver for one field: request handler, data source, response handler, and pipelines of them. */
import type { CallSite, DataSource } from '../datasources/dataSource.ts';
import { failure, FieldFailure, RequestObjectError, unauthorized } from './errors.ts';
import type { Evaluation, EvaluationContext, Evaluator, LoadedCode, RaisedError } from './evaluate.ts';

/** A unit resolver, or a function of a pipeline. */
export interface Step {
  code: LoadedCode;
  dataSource: DataSource;
  site: CallSite;
}

export type ResolverPlan = { kind: 'UNIT'; step: Step } | { kind: 'PIPELINE'; code: LoadedCode; steps: Step[] };

/** What a resolver run tells the request besides its value. */
export interface ResolverSink {
  authType: string;
  typeName: string;
  fieldName: string;
  /** Whether the field is a subscription. */
  subscription: boolean;
  appendError(raised: RaisedError): void;
  addHeader(name: string, value: unknown): void;
  setFilter(filter: unknown): void;
  /** Lets the promise win, or the end of the request's time. */
  withinDeadline<T>(work: Promise<T>): Promise<T>;
}

/** `ctx` as far as it is the same for all handlers of the field. */
export type BaseContext = Omit<EvaluationContext, 'stash' | 'result' | 'error' | 'prev'>;

type Handled = { value: unknown; returned: boolean; skipTo: 'END' | 'NEXT' | null };

/** Rejects with FieldFailure when the field is to be null. */
export async function runResolver(
  evaluator: Evaluator,
  plan: ResolverPlan,
  base: BaseContext,
  sink: ResolverSink,
): Promise<unknown> {
  let stash = '{}';

  function handle(code: LoadedCode, handler: 'request' | 'response', more: Partial<EvaluationContext>): Handled {
    const evaluation = evaluator.evaluate(
      code,
      handler,
      { ...base, ...more, stash },
      { authType: sink.authType, subscription: sink.subscription },
    );
    stash = evaluation.stash;
    evaluation.errors.forEach((raised) => sink.appendError(raised));
    evaluation.headers.forEach(([name, value]) => sink.addHeader(name, value));
    if (evaluation.filter !== undefined) sink.setFilter(evaluation.filter);
    return outcomeOf(evaluation, sink);
  }

  async function fetch(step: Step, request: unknown) {
    try {
      return await sink.withinDeadline(step.dataSource.call(request, step.site));
    } catch (error) {
      if (error instanceof RequestObjectError) throw failure('MappingTemplate', error.message);
      throw error;
    }
  }

  /** One request, data source and response. */
  async function run(step: Step, prev: EvaluationContext['prev']): Promise<Handled> {
    const request = handle(step.code, 'request', { prev });
    if (request.returned) return request;
    const { result, error, skipResponse } = await fetch(step, request.value);
    if (skipResponse) return { value: null, returned: false, skipTo: null };
    return handle(step.code, 'response', { prev, result: result ?? null, ...(error ? { error } : {}) });
  }

  if (plan.kind === 'UNIT') return (await run(plan.step, undefined)).value;

  const before = handle(plan.code, 'request', {});
  let result = before.value;
  if (!before.returned) {
    for (const step of plan.steps) {
      const { value, returned, skipTo } = await run(step, { result });
      result = value;
      if (returned && skipTo === 'END') break;
    }
  }
  return handle(plan.code, 'response', { result, prev: { result } }).value;
}

function outcomeOf(evaluation: Evaluation, { fieldName, typeName }: ResolverSink): Handled {
  switch (evaluation.kind) {
    case 'value':
      return { value: evaluation.value ?? null, returned: false, skipTo: null };
    case 'return':
      return { value: evaluation.value ?? null, returned: true, skipTo: evaluation.skipTo };
    case 'error':
      throw new FieldFailure(evaluation.error);
    case 'unauthorized':
      throw unauthorized(fieldName, typeName);
  }
}
