import { buildConsole } from '../console/build.ts';
import { readOutputs } from '../console/outputs.ts';
import { createConsole } from '../console/server.ts';
import type { Console } from '../console/server.ts';
import type { Shutdown, StackOutputs } from 'appsync-local';

/** Serves the console; visitors who come before it is built are asked to wait. */
export function startConsole(outputs: StackOutputs, shutdown: Shutdown): Console {
  const dist = buildConsole({ signal: shutdown.signalWith() });
  shutdown.add(() => dist.catch(() => undefined));
  return createConsole({
    // A page on a stack with trouble on purpose has to be able to say so.
    config: { ...readOutputs(outputs), ...(outputs.Chaos === undefined ? {} : { Chaos: outputs.Chaos }) },
    dist,
  });
}
