import { App } from 'aws-cdk-lib';
import { keepBudget } from './budget.ts';
import { type Config, configOf, SettingError } from './config.ts';
import { argumentContext, fileContext } from './context.ts';
import { bundleFunctions } from './compute/functionBundles.ts';
import { gatedBundles, GateError } from './api/gate/gate.ts';
import { UserManagementStack } from './stack.ts';

/**
 * Synthesizes the cloud assembly into $CDK_OUTDIR or cdk.out: for `npx cdk deploy`, `npm run synth` and the local stack
 * alike.
 */
const synthesize = async (): Promise<void> => {
  const validates = process.env['CDK_VALIDATION'] !== 'false';
  const app = new App({
    context: fileContext(),
    postCliContext: argumentContext(process.argv.slice(2)),
    outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out',
    // Said here, as the CDK command line would say it otherwise, and only there.
    analyticsReporting: false,
    treeMetadata: validates,
    autoSynth: false,
  });
  const config: Config = configOf(app.node);
  const [functions, resolvers] = await Promise.all([bundleFunctions(), gatedBundles(console.warn)]);
  try {
    const stack = new UserManagementStack(app, config, { functions, resolvers });
    // To load the rules takes longer than some starts of a local stack have.
    if (validates) (await import('./watch/checks.ts')).addChecks(app, stack);
    keepBudget(app.synth().getStackByName(stack.stackName).template as { Resources: object });
  } finally {
    await functions.remove();
  }
};

const usage = `Usage: npm run synth [-- -c KEY=VALUE…]

Writes the cloud assembly to cdk.out, or to the folder that CDK_OUTDIR names. Settings: docs/deploy.md.`;

try {
  if (process.argv.includes('--help')) console.log(usage);
  else await synthesize();
} catch (error) {
  if (!(error instanceof SettingError || error instanceof GateError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
