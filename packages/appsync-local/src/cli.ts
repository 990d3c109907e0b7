/** The command line: runs a cloud assembly until Ctrl-C, and prints tokens for one that runs. */
import { runStack, runUsage } from './cli/run.ts';
import { printToken, tokenUsage } from './cli/token.ts';

const usage = `appsync-local runs a CDK cloud assembly with AppSync on this machine.

${runUsage}

${tokenUsage}`;

async function main([command, ...rest]: string[]): Promise<void> {
  if (command === undefined || command === '--help' || command === '-h' || command === 'help')
    return console.log(usage);
  if (command === 'token') return printToken(rest);
  return runStack(command === 'run' ? rest : [command, ...rest]);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
