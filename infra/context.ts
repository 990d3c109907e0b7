import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SettingError } from './config.ts';

/** The repository's root, with a trailing slash in its path. */
export const root = new URL('../', import.meta.url);

/**
 * The context of cdk.json, which only the CDK command line would load: without it, its feature flags would not apply.
 */
export const fileContext = (): Record<string, unknown> => {
  const settings = JSON.parse(readFileSync(new URL('cdk.json', root), 'utf8')) as { context: Record<string, unknown> };
  return settings.context;
};

/**
 * `-c key=value` as the CDK command line takes it, so that `npm run synth -- -c stage=prod` works too. @throws
 * SettingError on other arguments
 */
export const argumentContext = (args: string[]): Record<string, string> =>
  Object.fromEntries(
    pairsIn(args).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new SettingError(`-c takes key=value, not ${pair}`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );

const pairsIn = (args: string[]): string[] => {
  try {
    return (
      parseArgs({ args, options: { context: { type: 'string', short: 'c', multiple: true } } }).values.context ?? []
    );
  } catch (error) {
    throw new SettingError(`${(error as Error).message}. Settings are given as -c key=value`);
  }
};
