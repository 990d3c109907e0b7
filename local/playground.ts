import { buildPlayground } from '../playground/build.ts';
import { readOutputs } from '../playground/outputs.ts';
import { createPlayground } from '../playground/server.ts';
import type { Playground } from '../playground/server.ts';
import type { StackOutputs } from '../packages/appsync-local/src/outputs.ts';
import type { Shutdown } from '../packages/appsync-local/src/shutdown.ts';

/** Serves the playground page; visitors who come before it is built are asked to wait. */
export function startPlayground(outputs: StackOutputs, shutdown: Shutdown): Playground {
  const dist = buildPlayground({ signal: shutdown.signalWith() });
  shutdown.add(() => dist.catch(() => undefined));
  return createPlayground({ config: readOutputs(outputs), dist });
}
