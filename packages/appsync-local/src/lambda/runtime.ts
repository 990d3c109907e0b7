import { mkdirSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { FunctionInvoker, FunctionModel, InvokeOptions, LocalIam, RoleModel } from '../model.ts';
import { Concurrency } from './concurrency.ts';
import { ExecutionEnvironment } from './environment.ts';
import type { LambdaEvent } from './mapping/events.ts';
import { FunctionLog } from './functionLog.ts';
import { FunctionPool, type LambdaResult } from './functionPool.ts';
import { traceOfInvocation } from './lineage.ts';
import { sandboxVariables } from './variables.ts';

export type { LambdaEvent } from './mapping/events.ts';
export type { LambdaResult } from './functionPool.ts';

export interface LambdaRuntimeOptions {
  functions: FunctionModel[];
  /** Of the stack; every function's role must be among them and trust Lambda. */
  roles: RoleModel[];
  iam: LocalIam;
  /** The gateway's URL: the only thing that functions can call. */
  endpoint: string;
  region: string;
  accountId: string;
  /** Created if need be; one `<function name>.log` each. */
  logDir: string;
  /** Most environments of one function: what this machine can do. Invocations beyond that wait for one. */
  concurrencyPerFunction: number;
  /** The account's concurrency; default 1000. Invocations beyond that are throttled. */
  accountConcurrency?: number;
  onEvent?: (event: LambdaEvent) => void;
}

export interface LambdaRuntime extends FunctionInvoker {
  invoke(functionArn: string, payload: unknown, options?: InvokeOptions): Promise<LambdaResult>;
  /**
   * Ends an environment at once, in mid-invocation. The id is what follows `#` in its session token. Unknown ids are
   * ignored.
   */
  killWorker(workerId: string): void;
  workers(): { id: string; functionName: string; busy: boolean }[];
  /** Ends all environments; invocations still waiting for one are rejected. */
  stop(): Promise<void>;
}

/** Lambda's limit on a synchronous request. */
const maxRequestBytes = 6 * 2 ** 20;
const defaultAccountConcurrency = 1_000;
const idleMs = 5 * 60_000;

/**
 * Runs functions in worker threads as Lambda runs them in sandboxes. Environments start on demand and are kept warm.
 */
export async function startLambdaRuntime(options: LambdaRuntimeOptions): Promise<LambdaRuntime> {
  mkdirSync(options.logDir, { recursive: true });
  const onEvent = options.onEvent ?? (() => undefined);
  const logs: FunctionLog[] = [];
  const pools = new Map<string, FunctionPool>();
  const concurrency = new Concurrency(options.accountConcurrency ?? defaultAccountConcurrency, options.functions);
  for (const model of options.functions) {
    const log = new FunctionLog({ ...options, model, role: executionRole(model, options.roles), onEvent });
    logs.push(log);
    pools.set(model.arn, poolOf(model, log, options, onEvent));
  }
  const reaper = setInterval(() => pools.forEach((pool) => pool.reapIdle()), 30_000);
  reaper.unref();

  return {
    async invoke(functionArn, payload, { waitForSlot = false, traces = [] } = {}) {
      const pool = pools.get(functionArn);
      if (!pool) throw new Error(`Function not found: ${functionArn}`);
      const json = JSON.stringify(payload) ?? 'null';
      if (Buffer.byteLength(json) > maxRequestBytes) {
        const errorMessage = `Request must be smaller than ${maxRequestBytes} bytes for the InvokeFunction operation`;
        return { ok: false, errorType: 'Unhandled', errorMessage, requestId: randomUUID() };
      }
      if (waitForSlot) await concurrency.enter(functionArn);
      else if (!concurrency.tryEnter(functionArn)) {
        onEvent({ kind: 'throttled', functionName: pool.functionName });
        return { ok: false, errorType: 'TooManyRequests', errorMessage: 'Rate Exceeded.', requestId: randomUUID() };
      }
      try {
        return await pool.invoke(json, traceOfInvocation(traces, functionArn));
      } finally {
        concurrency.leave(functionArn);
      }
    },
    killWorker(workerId) {
      for (const pool of pools.values()) if (pool.kill(workerId)) return;
    },
    workers: () => [...pools.values()].flatMap((pool) => pool.workers()),
    async stop() {
      clearInterval(reaper);
      concurrency.stop();
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
      await Promise.all(logs.map((log) => log.close()));
    },
  };
}

function poolOf(
  model: FunctionModel,
  log: FunctionLog,
  options: LambdaRuntimeOptions,
  onEvent: (event: LambdaEvent) => void,
): FunctionPool {
  return new FunctionPool({
    model,
    concurrency: options.concurrencyPerFunction,
    idleMs,
    onEvent,
    async start(workerId) {
      const logStream = `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
      const write = log.stream(logStream);
      const credentials = options.iam.credentialsFor(model.roleArn);
      const variables = sandboxVariables(model, { ...options, credentials, workerId, logGroup: log.group, logStream });
      const environment = await ExecutionEnvironment.start({
        id: workerId,
        model,
        variables,
        logGroup: log.group,
        logStream,
        onOutput: write,
      });
      return { environment, log: write };
    },
  });
}

/** As CreateFunction: a role that Lambda cannot assume is refused. */
function executionRole(model: FunctionModel, roles: RoleModel[]): RoleModel {
  const role = roles.find(({ arn }) => arn === model.roleArn);
  if (!role) throw new Error(`Function ${model.logicalId}: its role ${model.roleArn} is not in the template`);
  if (!role.trustedServices.includes('lambda.amazonaws.com')) {
    throw new Error(
      `Function ${model.logicalId}: its role ${role.logicalId} cannot be assumed by Lambda (lambda.amazonaws.com is not trusted)`,
    );
  }
  return role;
}
