/** A realm of its own that offers what APPSYNC_JS offers, and runs instrumented code in it. */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { replace } from '../utilities/javaRegex.ts';
import { libraryNames, libraryFunction } from '../utilities/library.ts';
import { methodsOfArrays, staticMembers, methodsOfStrings } from './builtinNames.ts';

/** Per loop. */
const mostIterations = 1_000;

const nothing = { value: 'null', stash: '{}' };

/** Longer input (characters of JSON) may keep any code busy. */
const smallInput = 64 * 1024;

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
  /** JSON: much of it goes through several evaluations unchanged. */
  context: string;
}

/** What an evaluation gives, as JSON. */
export interface SandboxOutput {
  outcome: string;
  /** What the handler returned. */
  value: string;
  stash: string;
}

export class SandboxTimeout extends Error {}

export class Sandbox {
  readonly #context: vm.Context;
  readonly #register: (unit: number, factory: unknown) => void;
  readonly #timeoutMs: number;
  #input = '';
  #given: Omit<SandboxOutput, 'outcome'> = nothing;
  #units = 0;

  /** `log` gets each line that resolver code logs. */
  constructor(options: { log: (line: string) => void; timeoutMs: number }) {
    this.#timeoutMs = options.timeoutMs;
    // Without a prototype: the outer realm's Object could be reached through it.
    this.#context = vm.createContext(Object.create(null) as vm.Context, {
      codeGeneration: { strings: false, wasm: false },
    });
    const give = (value: string, stash: string): void => void (this.#given = { value, stash });
    const bridge = { call: callLibrary, log: options.log, take: () => this.#input, give };
    const specification = JSON.stringify({
      library: libraryNames,
      statics: staticMembers,
      stringMethods: methodsOfStrings,
      arrayMethods: methodsOfArrays,
      maximumIterations: mostIterations,
    });
    const boot = builtinsScript.runInContext(this.#context) as (
      bridge: unknown,
      specification: string,
    ) => (unit: number, factory: unknown) => void;
    this.#register = boot(bridge, specification);
  }

  /** Compiles the body of a module (see instrument.ts) and gives the unit's number. */
  add(body: string): number {
    // The body is on lines of its own, so that its line 1 stays line 1.
    const source = `(function (${parameterNames}) { "use strict"; return function () { {\n${body}\n} }; })`;
    const factory: unknown = new vm.Script(source, { filename: 'code.js', lineOffset: -1 }).runInContext(this.#context);
    this.#units += 1;
    this.#register(this.#units, factory);
    return this.#units;
  }

  /**
   * Runs a handler on fresh module state. Throws SandboxTimeout.
   * @param isShort whether the code ends soon if its input is small: watching it would take a new thread, more than
   * most handlers take
   */
  run({ context, ...input }: SandboxInput, isShort = false): SandboxOutput {
    this.#input = `${JSON.stringify(input).slice(0, -1)},"context":${context}}`;
    const watched = !isShort || this.#input.length > smallInput;
    try {
      const outcome = String(runScript.runInContext(this.#context, watched ? { timeout: this.#timeoutMs } : {}));
      return { outcome, ...this.#given };
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
        throw new SandboxTimeout(`the evaluation took longer than ${this.#timeoutMs} ms`);
      throw error;
    } finally {
      this.#input = '';
      this.#given = nothing;
    }
  }
}

const functions = new Map<string, (...values: never[]) => unknown>();

/** Runs a library function on values in JSON; the answer is `{ value }` or `{ error }`, in JSON. Never throws. */
function callLibrary(path: string, json: string): string {
  try {
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
  } catch (error) {
    return JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
  }
}
