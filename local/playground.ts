import { buildPlayground } from '../playground/build.ts';
import { readOutputs } from '../playground/outputs.ts';
import { createPlayground } from '../playground/server.ts';
import type { Playground } from '../playground/server.ts';
import type { Shutdown, StackOutputs } from 'appsync-local';

/** Serves the playground page; visitors who come before it is built are asked to wait. */
export function startPlayground(outputs: StackOutputs, shutdown: Shutdown): Playground {
  const dist = buildPlayground({ signal: shutdown.signalWith() });
  shutdown.add(() => dist.catch(() => undefined));
  return createPlayground({ config: readOutputs(outputs), dist });
}
