/** A realm of its own that offers what APPSYNC_JS offers, and runs instrumented code in it. */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { replace } from '../utilities/javaRegex.ts';
import { libraryNames, libraryFunction } from '../utilities/library.ts';
import { callbackMethods, methodsOfArrays, staticMembers, methodsOfStrings } from './builtinNames.ts';
import { beginEvaluation, isTimeout, RanTooLong, timeLeft } from './watch.ts';

/** Per loop. */
const mostIterations = 1_000;

const nothing = { value: 'null', stash: null };

/**
 * Longer input (characters of JSON) may keep what does not repeat anything busy, and is watched by a thread: that takes
 * longer than most handlers.
 */
const smallInput = 64 * 1024;
const repetitionsBetweenLooks = 100;

const builtinsScript = new vm.Script(readFileSync(new URL('./builtins.js', import.meta.url), 'utf8'), {
  filename: 'builtins.js',
});
const runScript = new vm.Script('$run()', { filename: 'run.js' });

/**
 * In the order in which builtins.js passes them. `$run` and `Error` are the sandbox's only globals: parameters hide
 * them.
 */
const parameterNames =
  '$each, $keys, $log, $modules, util, extensions, runtime, Object, Number, Math, JSON, $run, Error';

/** What one evaluation is given. */
export interface SandboxInput {
  unit: number;
  handler: 'request' | 'response';
  /** What `util.authType()` answers. */
  authType: string;
  /** Whether the field is a subscription. */
  subscription: boolean;
  /** The members of `ctx`, each as JSON: much of them goes through several evaluations unchanged. */
  context: Readonly<Record<string, string>>;
}

/** What an evaluation gives, as JSON. */
export interface SandboxOutput {
  outcome: string;
  /** What the handler returned. */
  value: string;
  /** Null: the handler has not looked at it. */
  stash: string | null;
}

export class Sandbox {
  readonly #realm: vm.Context;
  readonly #register: (unit: number, factory: unknown) => void;
  readonly #timeoutMs: number;
  #input = '';
  #context: SandboxInput['context'] = {};
  #given: Omit<SandboxOutput, 'outcome'> = nothing;
  #units = 0;
  /** Set when something outside took too long: what the code makes of that does not count. */
  #late: RanTooLong | undefined;

  /** `log` gets each line that resolver code logs. */
  constructor(options: { log: (line: string) => void; timeoutMs: number }) {
    this.#timeoutMs = options.timeoutMs;
    // Without a prototype: the outer realm's Object could be reached through it.
    this.#realm = vm.createContext(Object.create(null) as vm.Context, {
      codeGeneration: { strings: false, wasm: false },
    });
    const part = (name: string): string => this.#context[name] ?? 'null';
    const give = (value: string, stash: string | null): void => void (this.#given = { value, stash });
    const bridge = { call: this.#call, log: options.log, take: () => this.#input, part, give, isLate: this.#isLate };
    const specification = JSON.stringify({
      library: libraryNames,
      statics: staticMembers,
      stringMethods: methodsOfStrings,
      arrayMethods: methodsOfArrays,
      callbackMethods,
      maximumIterations: mostIterations,
      repetitionsBetweenLooks,
    });
    const boot = builtinsScript.runInContext(this.#realm) as (
      bridge: unknown,
      specification: string,
    ) => (unit: number, factory: unknown) => void;
    this.#register = boot(bridge, specification);
  }

  /** Compiles the body of a module (see instrument.ts) and gives the unit's number. */
  add(body: string): number {
    // The body is on lines of its own, so that its line 1 stays line 1.
    const source = `(function (${parameterNames}) { "use strict"; return function () { {\n${body}\n} }; })`;
    const factory: unknown = new vm.Script(source, { filename: 'code.js', lineOffset: -1 }).runInContext(this.#realm);
    this.#units += 1;
    this.#register(this.#units, factory);
    return this.#units;
  }

  /** Runs a handler on fresh module state. Throws RanTooLong. */
  run({ context, ...input }: SandboxInput): SandboxOutput {
    this.#input = JSON.stringify({ ...input, names: Object.keys(context) });
    this.#context = context;
    const size = Object.values(context).reduce((sum, { length }) => sum + length, 0);
    const watched = size > smallInput;
    beginEvaluation(this.#timeoutMs, watched);
    this.#late = undefined;
    try {
      const outcome = String(runScript.runInContext(this.#realm, watched ? { timeout: this.#timeoutMs } : {}));
      if (this.#isLate()) throw this.#late;
      return { outcome, ...this.#given };
    } catch (error) {
      throw isTimeout(error) ? new RanTooLong(this.#timeoutMs) : error;
    } finally {
      this.#input = '';
      this.#context = {};
      this.#given = nothing;
    }
  }

  readonly #isLate = (): boolean => {
    if (timeLeft() <= 0) this.#late = new RanTooLong(this.#timeoutMs);
    return this.#late !== undefined;
  };

  readonly #call = (path: string, json: string): string => {
    try {
      return callLibrary(path, json);
    } catch (error) {
      if (error instanceof RanTooLong) this.#late = error;
      return JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
    }
  };
}

const functions = new Map<string, (...values: never[]) => unknown>();

/** Runs a library function on values in JSON; gives `{ value }`, in JSON. */
function callLibrary(path: string, json: string): string {
  const parameters = JSON.parse(json) as never[];
  if (path === 'replace') {
    const [subject, pattern, replacement, all] = parameters;
    return JSON.stringify({ value: replace(subject ?? '', pattern, replacement, all === true) });
  }
  let utility = functions.get(path);
  if (!utility) {
    utility = libraryFunction(path.split('|'));
    functions.set(path, utility);
  }
  return JSON.stringify({ value: utility(...parameters) ?? null });
}
