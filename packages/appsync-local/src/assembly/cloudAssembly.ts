import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject } from './reader.ts';

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  [attribute: string]: unknown;
}

/** A CloudFormation template, as far as the local stack reads it. */
export interface Template {
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, { Value: unknown }>;
  [section: string]: unknown;
}

export interface Asset {
  /** Absolute path of the file or folder. */
  path: string;
  packaging: string;
}

export interface CloudAssembly {
  stackName: string;
  template: Template;
  /** By the object key under which `cdk deploy` would upload it. */
  assets: Map<string, Asset>;
}

interface Manifest {
  artifacts?: Record<string, { type: string; properties?: Record<string, unknown>; dependencies?: string[] }>;
}

interface AssetManifest {
  files?: Record<
    string,
    { source: { path?: string; packaging?: string }; destinations: Record<string, { objectKey: string }> }
  >;
}

/** Reads what `cdk synth` wrote: the one stack of the assembly (or the one named), its template and its assets. */
export function readCloudAssembly(dir: string, stackName?: string): CloudAssembly {
  const manifestFile = join(dir, 'manifest.json');
  if (!existsSync(manifestFile)) throw new Error(`${dir} is not a cloud assembly: it has no manifest.json`);
  const manifest = readJson(manifestFile) as Manifest;
  const stacks = Object.entries(manifest.artifacts ?? {})
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => ({ name: String(artifact.properties?.['stackName'] ?? id), artifact }));
  const wanted = stackName === undefined ? stacks : stacks.filter((stack) => stack.name === stackName);
  const [stack, ...others] = wanted;
  if (!stack) throw new Error(`${dir} holds no stack${stackName === undefined ? '' : ` named ${stackName}`}`);
  if (others.length > 0)
    throw new Error(`${dir} holds several stacks (${wanted.map((one) => one.name).join(', ')}): name one`);

  const template = readJson(join(dir, String(stack.artifact.properties?.['templateFile'])));
  if (!isObject(template) || !isObject(template['Resources']))
    throw new Error(`the template of ${stack.name} has no Resources`);
  return {
    stackName: stack.name,
    template: template as Template,
    assets: readAssets(dir, manifest, stack.artifact.dependencies ?? []),
  };
}

function readAssets(dir: string, manifest: Manifest, dependencies: string[]): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  for (const id of dependencies) {
    const artifact = manifest.artifacts?.[id];
    if (artifact?.type !== 'cdk:asset-manifest') continue;
    const file = readJson(join(dir, String(artifact.properties?.['file']))) as AssetManifest;
    for (const { source, destinations } of Object.values(file.files ?? {})) {
      if (source.path === undefined) continue;
      const asset = { path: resolve(dir, source.path), packaging: source.packaging ?? 'file' };
      for (const destination of Object.values(destinations)) assets.set(destination.objectKey, asset);
    }
  }
  return assets;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
