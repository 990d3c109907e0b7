import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: unknown) => unknown;

/**
 * Imports the handler as Lambda's runtime does: `<module path>.<export>` below the task root, `.js` before `.mjs`
 * before `.cjs`. Throws errors named as Lambda names them (`Runtime.ImportModuleError`, `Runtime.HandlerNotFound` …).
 */
export async function loadHandler(taskRoot: string, name: string): Promise<Handler> {
  const dot = name.lastIndexOf('.');
  const modulePath = name.slice(0, dot);
  const exportName = name.slice(dot + 1);
  const file = ['.js', '.mjs', '.cjs'].map((extension) => join(taskRoot, modulePath + extension)).find(existsSync);
  if (dot < 1 || file === undefined)
    throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${modulePath}'`);

  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const handler = loaded[exportName] ?? (loaded['default'] as Record<string, unknown> | undefined)?.[exportName];
  if (typeof handler !== 'function')
    throw runtimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  if (handler.length > 2) {
    throw runtimeError(
      'Runtime.CallbackHandlerDeprecated',
      `${name} takes a callback; handlers must be async functions (Node.js 24 and later)`,
    );
  }
  return handler as Handler;
}

function runtimeError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
