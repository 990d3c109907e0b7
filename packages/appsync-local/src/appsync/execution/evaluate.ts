/** Runs the `Code` of resolvers and functions: handlers in, outcomes out. */
import { readCode } from '../gate/refuse.ts';
import { shortHandlers } from '../code/duration.ts';
import { instrument } from '../code/instrument.ts';
import { Sandbox, SandboxTimeout } from '../code/sandbox.ts';
import { referencesIn } from '../code/scope.ts';

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
  /** The handlers that end soon if their input is small. */
  short: ReadonlySet<string>;
}

/** `ctx`, but for what is derived (`arguments`, `outErrors`). Everything must be JSON. */
export interface EvaluationContext {
  args: Record<string, unknown>;
  identity: unknown;
  source?: unknown;
  stash: Record<string, unknown>;
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
  stash: Record<string, unknown>;
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
      short: shortHandlers(program, referencesIn(program)),
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
      const input = { unit: code.unit, handler, authType, subscription, context: { ...context } };
      try {
        const json = sandbox.run(input, code.short.has(handler));
        if (Buffer.byteLength(json) > maximumResult)
          return fault(context, `the result of ${handler} is larger than 5 MB`);
        return readOutcome(JSON.parse(json) as RawOutcome, context);
      } catch (error) {
        if (error instanceof SandboxTimeout) return fault(context, error.message);
        throw error;
      }
    },
  };
}

type RawOutcome =
  | Evaluation
  | (Pick<Evaluation, 'stash' | 'errors' | 'headers'> & {
      kind: 'fault';
      name?: string;
      message?: string;
      place?: string;
    });

function readOutcome(raw: RawOutcome, context: EvaluationContext): Evaluation {
  if (raw.kind !== 'fault') return raw;
  return { ...fault(context, `${raw.name ?? 'Error'}: ${raw.message ?? ''}`, raw.place), errors: raw.errors };
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
