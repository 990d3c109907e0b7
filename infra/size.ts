/**
 * Synthesizes the application with so many more operations of two queues each, and prints its size as JSON: a process
 * of its own, as the tables that everything derives from are read once.
 */
import { App } from 'aws-cdk-lib';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations, queuePairs } from '../domain/operations.ts';

/** What a template takes of CloudFormation's limits. */
export interface TemplateSize {
  resources: number;
  bytes: number;
  /** By type of resource. */
  types: Record<string, { resources: number; bytes: number }>;
}

const environment = {
  AUTH0_ADMIN_DOMAIN: 'admin.eu.auth0.com',
  AUTH0_ADMIN_CLIENT_ID: 'adminClient',
  AUTH0_USER_DOMAIN: 'user.eu.auth0.com',
  AUTH0_USER_CLIENT_ID: 'userClient',
  API_AUDIENCE: 'https://user-management/api',
};

/** As an aggregate's file would add them. */
const addOperations = (more: number): void => {
  for (let number = 1; number <= more; number += 1) {
    const name = `rearrangeDepartment${number}`;
    const queues = { commandQueue: `${name}Queue`, executionQueue: `executeRearrangeDepartment${number}Queue` };
    operations[name] = { ...operations['updateUser']!, name, ...queues };
    queuePairs.push(queues);
  }
};

const size = async (directory: string): Promise<TemplateSize> => {
  // Only now: they read the tables when they are loaded.
  const { bundleResolvers } = await import('./api/resolverBundles.ts');
  const { sizeOf } = await import('./budget.ts');
  const { configOf } = await import('./config.ts');
  const { fileContext } = await import('./context.ts');
  const { functionNames } = await import('./queues/timeouts.ts');
  const { UserManagementStack } = await import('./stack.ts');
  // Of the functions' code the template holds a hash.
  for (const name of functionNames) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'index.mjs'), '');
  }
  const app = new App({
    context: fileContext(),
    outdir: join(directory, 'out'),
    // What is too large is measured too.
    builtinCloudFormationValidation: false,
    analyticsReporting: false,
  });
  const stack = new UserManagementStack(app, configOf(app.node, environment), {
    functions: { directory, remove: async () => {} },
    resolvers: await bundleResolvers(),
  });
  const template = app.synth().getStackByName(stack.stackName).template as {
    Resources: Record<string, { Type: string }>;
  };
  const types: TemplateSize['types'] = {};
  for (const [id, resource] of Object.entries(template.Resources)) {
    const of = (types[resource.Type] ??= { resources: 0, bytes: 0 });
    of.resources += 1;
    of.bytes += Buffer.byteLength(JSON.stringify({ [id]: resource }));
  }
  return { ...sizeOf(template), types };
};

const folder = mkdtempSync(join(tmpdir(), 'template-'));
try {
  addOperations(Number(process.argv[2] ?? 0));
  console.log(JSON.stringify(await size(folder)));
} finally {
  rmSync(folder, { recursive: true });
}
