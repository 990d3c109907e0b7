/** Loads oidc-provider on first use: it takes longer to load than everything else here together. */

let loading: Promise<typeof import('oidc-provider')> | undefined;

/**
 * The library, loaded once. It warns on every Node version but the newest ones; on the versions this project supports
 * it was tried, and the warning would only be mistaken for one of the stack's own.
 */
export function loadLibrary(): Promise<typeof import('oidc-provider')> {
  loading ??= importQuietly();
  return loading;
}

async function importQuietly(): Promise<typeof import('oidc-provider')> {
  const warn = console.warn;
  const quiet = (...parts: unknown[]): void => {
    if (!String(parts[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...parts);
  };
  console.warn = quiet;
  try {
    return await import('oidc-provider');
  } finally {
    if (console.warn === quiet) console.warn = warn;
  }
}

let working = 0;

/**
 * Lets the library work. While it has a request, it keeps that in an `AsyncLocalStorage`, and before Node 24 one that
 * was ever used makes every `await` of the process two to three times as dear: it is put away when nobody needs it.
 */
export async function atWork<Result>(work: () => Promise<Result>): Promise<Result> {
  working += 1;
  try {
    return await work();
  } finally {
    working -= 1;
    const { default: storage } = await import('oidc-provider/lib/helpers/als.js');
    if (working === 0) storage.disable();
  }
}
