/** Runs the `Code` of resolvers and functions: handlers in, outcomes out. */
import { readCode } from '../gate/refuse.ts';
import { instrument } from '../code/instrument.ts';
import { Sandbox, type SandboxOutput } from '../code/sandbox.ts';
import { RanTooLong } from '../code/watch.ts';

/** An evaluation that takes longer is taken for one that never ends. */
const longestMs = 5_000;
/** Of an evaluated request or response, in bytes. */
const maximumResult = 5 * 1024 * 1024;

/** Code that has passed the checks and is ready to run. */
export interface LoadedCode {
  owner: string;
  unit: number;
  /** Whether it looks at `ctx.info.selectionSet…`. */
  readsSelection: boolean;
}

/** `ctx`, but for what is derived (`arguments`, `outErrors`). Everything must be JSON. */
export interface EvaluationContext {
  args: Record<string, unknown>;
  identity: unknown;
  source?: unknown;
  /** JSON: nobody outside of the code looks at it. */
  stash: string;
  result?: unknown;
  error?: { message: string; type: string };
  prev?: { result: unknown };
  info: {
    fieldName: string;
    parentTypeName: string;
    variables: Record<string, unknown>;
    selectionSetList: string[];
    selectionSetGraphQL: string;
  };
  request: { headers: Record<string, unknown>; domainName: null };
  env: Record<string, string>;
}

/** What `util.error` and `util.appendError` were given. */
export interface RaisedError {
  message: string;
  type: string | null;
  data: unknown;
  info: unknown;
}

type Outcome =
  /** The handler returned. */
  | { kind: 'value'; value: unknown }
  /** `runtime.earlyReturn`; without `skipTo` the place decides. */
  | { kind: 'return'; value: unknown; skipTo: 'END' | 'NEXT' | null }
  /** `util.error`, or a fault of the code (type `Code`). */
  | { kind: 'error'; error: RaisedError }
  /** `util.unauthorized`. */
  | { kind: 'unauthorized' };

export type Evaluation = Outcome & {
  /** JSON. */
  stash: string;
  /** From `util.appendError`. */
  errors: RaisedError[];
  /** From `util.http.addResponseHeader`, in order. */
  headers: [name: string, value: unknown][];
  /** From `extensions.setSubscriptionFilter`; absent when it was not called. */
  filter?: unknown;
};

export interface Evaluator {
  /** Checks (but for types) and compiles code. Throws ResolverCodeError. */
  load(owner: string, code: string): LoadedCode;
  evaluate(
    code: LoadedCode,
    handler: 'request' | 'response',
    context: EvaluationContext,
    caller: { authType: string; subscription: boolean },
  ): Evaluation;
}

/** `log` gets what resolver code logs, each line with the owner's name in front. */
export function createEvaluator(options: { log?: (line: string) => void } = {}): Evaluator {
  let owner = '';
  const sandbox = new Sandbox({ timeoutMs: longestMs, log: (line) => options.log?.(`${owner}: ${line}`) });

  // Many resolvers share their code, and checking it takes longer than anything else here.
  const compiled = new Map<string, Omit<LoadedCode, 'owner'>>();
  const compile = (name: string, code: string): Omit<LoadedCode, 'owner'> => {
    const program = readCode(name, code);
    return {
      unit: sandbox.add(instrument(code, program)),
      readsSelection: code.includes('selectionSet'),
    };
  };

  return {
    load(name, code) {
      const known = compiled.get(code) ?? compile(name, code);
      compiled.set(code, known);
      return { owner: name, ...known };
    },

    evaluate(code, handler, context, { authType, subscription }) {
      owner = code.owner;
      const input = { unit: code.unit, handler, authType, subscription, context: written(context) };
      try {
        const output = sandbox.run(input);
        const made = [output.outcome, output.value, output.stash ?? context.stash];
        if (made.reduce((sum, json) => sum + Buffer.byteLength(json), 0) > maximumResult)
          return fault(context, `the result of ${handler} is larger than 5 MB`);
        return readOutcome(output, context);
      } catch (error) {
        if (error instanceof RanTooLong) return fault(context, error.message);
        throw error;
      }
    },
  };
}

/** What one handler is given, or returned, is mostly given to the next one as it is: it need not be written again. */
const texts = new WeakMap<object, string>();

/** The members of the context, each as JSON. */
function written({ stash, prev, ...context }: EvaluationContext): Record<string, string> {
  const members: Record<string, string> = { stash };
  for (const [name, value] of Object.entries(context)) if (value !== undefined) members[name] = textOf(value);
  if (prev) members['prev'] = `{"result":${textOf(prev.result)}}`;
  return members;
}

function textOf(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const text = texts.get(value) ?? JSON.stringify(value) ?? 'null';
  texts.set(value, text);
  return text;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

type RawOutcome =
  | Outcome
  | {
      kind: 'fault';
      name?: string;
      message?: string;
      place?: string;
    };

function readOutcome(output: SandboxOutput, context: EvaluationContext): Evaluation {
  const raw = JSON.parse(output.outcome) as RawOutcome & Pick<Evaluation, 'errors' | 'headers' | 'filter'>;
  if (raw.kind === 'fault')
    return { ...fault(context, `${raw.name ?? 'Error'}: ${raw.message ?? ''}`, raw.place), errors: raw.errors };
  const stash = output.stash ?? context.stash;
  if (raw.kind !== 'value' && raw.kind !== 'return') return { ...raw, stash };
  return { ...raw, value: valueOf(output.value, context), stash };
}

/** What a handler returned, which may be what it was given. */
function valueOf(text: string, { prev, result }: EvaluationContext): unknown {
  const given = [prev?.result, result].find((one) => isObject(one) && texts.get(one) === text);
  if (given !== undefined) return given;
  const value: unknown = JSON.parse(text);
  if (isObject(value)) texts.set(value, text);
  return value;
}

function fault(context: EvaluationContext, message: string, place = 'code.js'): Evaluation {
  return {
    kind: 'error',
    error: { message: `${place}: ${message}`, type: 'Code', data: null, info: null },
    stash: context.stash,
    errors: [],
    headers: [],
  };
}
