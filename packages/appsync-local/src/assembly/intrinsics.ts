import { AssemblyError } from './error.ts';
import { isObject } from './reader.ts';
import { identities } from './naming.ts';
import type { Place } from './error.ts';
import type { Surroundings } from './naming.ts';
import type { TemplateResource } from './cloudAssembly.ts';

/**
 * Resolves `Ref`, `Fn::GetAtt`, `Fn::Join`, `Fn::Sub` (string form) and the pseudo parameters. Everything else that
 * starts with `Fn::`, and every reference that leads nowhere, is an error that names where it stands.
 */
export class IntrinsicResolver {
  readonly #names = new Map<string, string>();
  readonly #naming = new Set<string>();

  constructor(
    readonly resources: Record<string, TemplateResource>,
    readonly surroundings: Surroundings,
  ) {}

  resolve(value: unknown, place: Place, path: string): unknown {
    if (Array.isArray(value)) {
      return value
        .map((entry, index) => this.resolve(entry, place, `${path}[${index}]`))
        .filter((entry) => entry !== undefined);
    }
    if (!isObject(value)) return value;
    const [key, ...others] = Object.keys(value);
    if (key !== undefined && others.length === 0 && (key === 'Ref' || key === 'Condition' || key.startsWith('Fn::'))) {
      const intrinsic = this.#intrinsic(key, value[key], place, path);
      if (intrinsic !== notAnIntrinsic) return intrinsic;
    }
    const resolved = Object.entries(value).map(
      ([name, entry]) => [name, this.resolve(entry, place, `${path}.${name}`)] as const,
    );
    return Object.fromEntries(resolved.filter(([, entry]) => entry !== undefined));
  }

  #intrinsic(key: string, argument: unknown, place: Place, path: string): unknown {
    const fail = (problem: string): never => {
      throw new AssemblyError(place, path, problem);
    };
    switch (key) {
      case 'Ref':
        return this.#reference(String(argument), fail);
      case 'Fn::GetAtt': {
        const [logicalId, ...attribute] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
        return this.#attribute(logicalId ?? '', attribute.join('.'), fail);
      }
      case 'Fn::Join': {
        if (!Array.isArray(argument) || !Array.isArray(argument[1]))
          return fail('Fn::Join must be a delimiter and a list');
        if (argument[0] !== '')
          return fail(`Fn::Join with the delimiter ${JSON.stringify(argument[0])} is not supported, only with ""`);
        const parts = this.resolve(argument[1], place, path) as unknown[];
        return parts
          .map((part) => (typeof part === 'object' ? fail('Fn::Join takes strings only') : String(part)))
          .join('');
      }
      case 'Fn::Sub':
        if (typeof argument !== 'string') return fail('Fn::Sub is supported in its string form only');
        return argument.replace(/\$\{([^}]*)\}/g, (_, name: string) => this.#substitute(name, fail));
      case 'Condition':
        // An IAM statement has a property of this name, which holds an object; the intrinsic holds a string.
        return typeof argument === 'string' ? fail('the intrinsic Condition is not supported') : notAnIntrinsic;
      default:
        return fail(`the intrinsic ${key} is not supported by the local stack`);
    }
  }

  #substitute(name: string, fail: (problem: string) => never): string {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const [logicalId, ...attribute] = name.split('.');
    const value =
      attribute.length === 0
        ? this.#reference(name, fail)
        : this.#attribute(logicalId ?? '', attribute.join('.'), fail);
    return value ?? fail(`\${${name}} has no value`);
  }

  #reference(name: string, fail: (problem: string) => never): string | undefined {
    const { partition, region, accountId, stackName } = this.surroundings;
    switch (name) {
      case 'AWS::Partition':
        return partition;
      case 'AWS::Region':
        return region;
      case 'AWS::AccountId':
        return accountId;
      case 'AWS::StackName':
        return stackName;
      case 'AWS::StackId':
        return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/local`;
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::NoValue':
        return undefined;
      default: {
        const resource = this.resources[name];
        if (!resource) return fail(`Ref names ${name}, which is neither a resource nor a supported pseudo parameter`);
        const { ref } = this.#identity(resource, name, fail);
        return ref
          ? ref(this.#named(name, resource))
          : fail(`Ref of ${name}, a ${resource.Type}, is not supported by the local stack`);
      }
    }
  }

  #attribute(logicalId: string, attribute: string, fail: (problem: string) => never): string {
    const resource = this.resources[logicalId];
    if (!resource) return fail(`Fn::GetAtt names ${logicalId}, which is not a resource`);
    const give = this.#identity(resource, logicalId, fail).attributes[attribute];
    if (!give)
      return fail(
        `Fn::GetAtt asks for ${logicalId}.${attribute}, which the local stack does not know of a ${resource.Type}`,
      );
    return give(this.#named(logicalId, resource));
  }

  #identity(resource: TemplateResource, logicalId: string, fail: (problem: string) => never) {
    return (
      identities[resource.Type] ?? fail(`${logicalId} is a ${resource.Type}, which is not supported by the local stack`)
    );
  }

  #named(logicalId: string, resource: TemplateResource) {
    return {
      ...this.surroundings,
      logicalId,
      name: this.physicalName(logicalId),
      properties: resource.Properties ?? {},
    };
  }

  /** The name that the template gives, or one made from stack and logical id. */
  physicalName(logicalId: string): string {
    const known = this.#names.get(logicalId);
    if (known !== undefined) return known;
    const resource = this.resources[logicalId];
    if (!resource) throw new Error(`no resource ${logicalId}`);
    const place = { logicalId, type: resource.Type };
    const property = identities[resource.Type]?.nameProperty;
    const given = property === undefined ? undefined : resource.Properties?.[property];
    if (this.#naming.has(logicalId))
      throw new AssemblyError(place, `Properties.${property}`, 'the name refers to itself');
    this.#naming.add(logicalId);
    const resolved = given === undefined ? undefined : this.resolve(given, place, `Properties.${property}`);
    this.#naming.delete(logicalId);
    const name = typeof resolved === 'string' ? resolved : `${this.surroundings.stackName}-${logicalId}`;
    this.#names.set(logicalId, name);
    return name;
  }
}

const notAnIntrinsic = Symbol('not an intrinsic');
