/** The state of one GraphQL request while it is executed. */
import type { FieldNode } from 'graphql';
import { failure, nodeLocation, raisedEntry } from '../execution/errors.ts';
import type { RaisedError } from '../execution/evaluate.ts';
import type { Caller, FieldError } from '../types.ts';
import { responseHeadersLimit, responseHeaderProblem } from '../utilities/http.ts';

/** Of one request, whatever its data sources need. */
const maximumDurationMs = 30_000;
/** When the API sets none. */
const maximumResolvers = 10_000;

type Path = (string | number)[];

export class RequestState {
  readonly caller: Caller;
  readonly headers: Record<string, string>;
  /** From `util.appendError`, and for response headers that were refused. */
  readonly errors: FieldError[] = [];
  readonly responseHeaders: Record<string, string> = {};
  readonly #deadline = Date.now() + maximumDurationMs;
  readonly #resolverLimit: number;
  readonly #depthLimit: number;
  #resolvers = 0;
  #headerBytes = 0;

  /** A limit of 0 is none. */
  constructor(options: {
    caller: Caller;
    headers: Record<string, string>;
    resolverCountLimit: number;
    queryDepthLimit: number;
  }) {
    this.caller = options.caller;
    this.headers = options.headers;
    this.#resolverLimit = options.resolverCountLimit || maximumResolvers;
    this.#depthLimit = options.queryDepthLimit || Infinity;
  }

  /** Throws when a field lies deeper than the API allows. */
  checkDepth(depth: number): void {
    if (depth > this.#depthLimit)
      throw failure('QueryDepthLimitReached', `The query is deeper than the limit of ${this.#depthLimit}.`);
  }

  /** Throws when more resolvers run than the API allows. */
  countResolver(): void {
    this.#resolvers += 1;
    if (this.#resolvers > this.#resolverLimit)
      throw failure('ResolverExecutionLimitReached', `The request runs more than ${this.#resolverLimit} resolvers.`);
  }

  appendError(raised: RaisedError, path: Path, node: FieldNode | undefined): void {
    this.errors.push(raisedEntry(raised, path, nodeLocation(node)));
  }

  addHeader(name: string, value: unknown, path: Path, node: FieldNode | undefined): void {
    const bytes = Buffer.byteLength(`${name}${String(value)}`);
    const problem =
      responseHeaderProblem(name, value) ??
      (this.#headerBytes + bytes > responseHeadersLimit ? 'the response headers are larger than 4 KB' : null);
    if (problem) {
      this.appendError({ message: problem, type: 'ResponseHeaderError', data: null, info: null }, path, node);
      return;
    }
    this.#headerBytes += bytes;
    this.responseHeaders[name.toLowerCase()] = String(value);
  }

  async withinDeadline<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(failure('ExecutionTimeout', 'Execution timed out.')),
        Math.max(0, this.#deadline - Date.now()),
      );
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
