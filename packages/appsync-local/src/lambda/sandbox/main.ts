/**
 * One execution environment, inside its worker thread: load the handler once, then serve one invocation after another.
 * Between invocations the thread sleeps in `Atomics.wait`, so nothing in it goes on: as in Lambda's frozen sandbox, a
 * promise the handler did not await makes no progress until the next invocation thaws it.
 */
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { captureOutput } from './console.ts';
import { reportedError } from './errors.ts';
import { loadHandler, type Handler } from './handler.ts';
import type { InvocationMessage, SandboxData, SandboxMessage } from './protocol.ts';

const data = workerData as SandboxData;
const alarm = new Int32Array(data.alarm);
let requestId = '';
/** Often enough to see what one request's answer takes. */
const memoryIntervalMs = 20;
let mostMemoryMb = 0;

const send = (message: SandboxMessage): void => parentPort?.postMessage(message);

captureOutput(
  (text) => send({ kind: 'log', text }),
  () => requestId,
);
process.on('uncaughtException', (error) => end(error, 'Uncaught Exception', 129));
process.on('unhandledRejection', (reason) => end(reason, 'Unhandled Promise Rejection', 128));
void serve();

async function serve(): Promise<void> {
  let handler: Handler;
  try {
    handler = await loadHandler(data.taskRoot, data.handler);
  } catch (thrown) {
    send({ kind: 'initFailed', error: reportedError(thrown) });
    process.exit(1);
  }
  send({ kind: 'ready' });
  for (;;) {
    const invocation = sleepUntilInvoked();
    requestId = invocation.requestId;
    process.env['_X_AMZN_TRACE_ID'] = invocation.trace;
    // What arrived while frozen (closed sockets above all) is seen before the handler runs. The first turn may only end
    // the phase in which the thread was frozen; the second has looked at the sockets.
    await turnOfTheLoop();
    await turnOfTheLoop();
    send(await run(handler, invocation));
  }
}

function sleepUntilInvoked(): InvocationMessage {
  for (;;) {
    Atomics.wait(alarm, 0, 0);
    Atomics.store(alarm, 0, 0);
    const received = parentPort === null ? undefined : receiveMessageOnPort(parentPort);
    if (received) return received.message as InvocationMessage;
  }
}

async function run(handler: Handler, invocation: InvocationMessage): Promise<SandboxMessage> {
  const measuring = setInterval(measureMemory, memoryIntervalMs).unref();
  try {
    const result = await handler(JSON.parse(invocation.payload), contextOf(invocation));
    return { kind: 'returned', payload: stringify(result), memoryMb: measureMemory() };
  } catch (thrown) {
    const error = reportedError(thrown);
    console.error(
      'Invoke Error',
      JSON.stringify({ errorType: error.errorType, errorMessage: error.errorMessage, stack: error.trace }),
    );
    return { kind: 'failed', error, memoryMb: measureMemory() };
  } finally {
    clearInterval(measuring);
  }
}

/** Nothing returned is `null`, as on Lambda. */
function stringify(result: unknown): string {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (cause) {
    const error = new Error('Unable to stringify response body', { cause });
    error.name = 'Runtime.MarshalError';
    throw error;
  }
}

function contextOf(invocation: InvocationMessage): Record<string, unknown> {
  return {
    awsRequestId: invocation.requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: data.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: data.functionArn,
    memoryLimitInMB: String(data.memoryMb),
    logGroupName: data.logGroup,
    logStreamName: data.logStream,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
  };
}

/** This thread's own heap and buffers: the most seen since it started, in MB. */
function measureMemory(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  mostMemoryMb = Math.max(mostMemoryMb, Math.ceil((used_heap_size + external_memory) / 2 ** 20));
  return mostMemoryMb;
}

function end(thrown: unknown, title: string, exitCode: number): void {
  const error = reportedError(thrown);
  console.error(
    title,
    JSON.stringify({ errorType: error.errorType, errorMessage: error.errorMessage, stack: error.trace }),
  );
  send({ kind: 'fatal', error });
  process.exit(exitCode);
}
