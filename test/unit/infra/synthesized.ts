import { App } from 'aws-cdk-lib';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addChecks } from '../../../infra/watch/checks.ts';
import { configOf } from '../../../infra/config.ts';
import { fileContext } from '../../../infra/context.ts';
import { bundleResolvers } from '../../../infra/api/resolverBundles.ts';
import { UserManagementStack } from '../../../infra/stack.ts';
import { functionNames } from '../../../infra/queues/timeouts.ts';

export interface Resource {
  Type: string;
  Properties: Record<string, any>;
  DependsOn?: string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

export const auth0 = {
  AUTH0_ADMIN_DOMAIN: 'admin.eu.auth0.com',
  AUTH0_ADMIN_CLIENT_ID: 'adminClient',
  AUTH0_USER_DOMAIN: 'user.eu.auth0.com',
  AUTH0_USER_CLIENT_ID: 'userClient',
};

/** All that a deployment has to say. */
export const settings = { ...auth0, API_AUDIENCE: 'https://user-management/api' };

export interface Options {
  context?: Record<string, unknown>;
  environment?: Record<string, string>;
  /** Run the checks that a deployment runs. */
  checked?: boolean;
  /** Adds to the stack before it is synthesized. */
  extend?: (stack: UserManagementStack) => void;
}

/** The same for every synthesis of a file. */
let resolvers: ReturnType<typeof bundleResolvers> | undefined;
/** What was synthesized in a file, by its options. */
const known = new Map<string, ReturnType<typeof synthesizeAnew>>();

/**
 * Synthesizes the stack with its real resolvers; the functions' code is of no interest here and empty. Nobody may
 * change what it gives.
 */
export const synthesize = async (options: Options = {}) => {
  if (options.extend) return synthesizeAnew(options);
  const key = JSON.stringify(options);
  const found = known.get(key) ?? synthesizeAnew(options);
  known.set(key, found);
  return found;
};

const synthesizeAnew = async (options: Options) => {
  const directory = mkdtempSync(join(tmpdir(), 'synth-'));
  try {
    return await synthesizeInto(directory, options);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const synthesizeInto = async (
  directory: string,
  { context = {}, environment = settings, checked = false, extend }: Options,
) => {
  for (const name of functionNames) {
    mkdirSync(join(directory, 'code', name), { recursive: true });
    writeFileSync(join(directory, 'code', name, 'index.mjs'), '');
  }
  const app = new App({
    context: { ...fileContext(), ...context },
    outdir: join(directory, 'out'),
    builtinCloudFormationValidation: checked,
    analyticsReporting: false,
  });
  const functions = { directory: join(directory, 'code'), remove: async () => {} };
  const stack = new UserManagementStack(app, configOf(app.node, environment), {
    functions,
    resolvers: await (resolvers ??= bundleResolvers()),
  });
  extend?.(stack);
  if (checked) addChecks(app, stack);
  const template = app.synth().getStackByName(stack.stackName).template as Template;
  return { stack, template };
};

export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

/** Whether one resource is made after another: it says so, or refers to it, or to what does. */
export const waitsFor = (template: Template, id: string, other: string): boolean => {
  const { DependsOn = [], Properties } = template.Resources[id]!;
  const referred = [...JSON.stringify(Properties).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].map(
    ([, name]) => name!,
  );
  const direct = [...new Set([...DependsOn, ...referred])].filter((each) => template.Resources[each] && each !== id);
  return direct.includes(other) || direct.some((each) => waitsFor(template, each, other));
};

/** The one resource of a type that has these properties. */
export const find = (template: Template, type: string, properties: Record<string, unknown>): [string, Resource] => {
  const found = resourcesOf(template, type).filter(([, { Properties }]) =>
    Object.entries(properties).every(([name, value]) => Properties[name] === value),
  );
  if (found.length !== 1)
    throw new Error(`${found.length} resources of type ${type} have ${JSON.stringify(properties)}`);
  return found[0] as [string, Resource];
};

export const arnOf = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
