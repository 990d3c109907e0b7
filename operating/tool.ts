import { parseArgs, type ParseArgsConfig } from 'node:util';

/** What a tool was told on its command line. @throws with its usage, where that is not as the usage says */
export const readOptions = <Config extends ParseArgsConfig>(config: Config, usage: string) => {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${usage}`);
  }
};

/** Runs a tool with its arguments. What goes wrong is said in words, without a stack trace, and ends it with 1. */
export const runTool = (run: (args: string[]) => Promise<void>): void => {
  run(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
};
