import type { Node } from 'constructs';

/** One of the two applications that sign in: who issues its tokens, and for which client. */
export interface Application {
  /** Exactly the `iss` of the tokens, trailing slash included. */
  issuer: string;
  clientId: string;
}

/** All that a deployment may choose. */
export interface Config {
  /** `dev` destroys its data with the stack; `prod` retains and protects it. */
  stage: 'dev' | 'prod';
  /** Also the prefix of every physical name. */
  stackName: string;
  admin: Application;
  user: Application;
  /** Whether clients may ask for the schema; the playground does. */
  introspection: boolean;
}

/** A setting that is missing or wrong; the message says which, and what to do. */
export class SettingError extends Error {}

/**
 * Reads the deployment's choices: `stage` (dev) and `introspection` (true) from the CDK context, and the four Auth0 settings
 * from the environment or the context. @throws SettingError that names the setting that is missing or wrong
 */
export const configOf = (node: Node, environment: NodeJS.ProcessEnv = process.env): Config => {
  const stage = String(node.tryGetContext('stage') ?? 'dev');
  if (stage !== 'dev' && stage !== 'prod') throw new SettingError(`Context "stage" must be dev or prod, not ${stage}`);
  const application = (name: 'ADMIN' | 'USER'): Application => ({
    issuer: issuerOf(
      `AUTH0_${name}_DOMAIN`,
      setting(node, environment, `AUTH0_${name}_DOMAIN`, 'example.eu.auth0.com'),
    ),
    clientId: setting(node, environment, `AUTH0_${name}_CLIENT_ID`, 'aBcD1234'),
  });
  const [admin, user] = [application('ADMIN'), application('USER')];
  if (admin.issuer === user.issuer && admin.clientId === user.clientId) {
    throw new SettingError(
      'AUTH0_USER_CLIENT_ID must not be AUTH0_ADMIN_CLIENT_ID where both applications share a domain: nothing would tell a user from an admin.',
    );
  }
  const introspection = String(node.tryGetContext('introspection') ?? true) === 'true';
  return { stage, stackName: `UserManagement-${stage}`, admin, user, introspection };
};

// The environment wins, so that one run can use other issuers than those that cdk.json settles for all.
const setting = (node: Node, environment: NodeJS.ProcessEnv, name: string, example: string): string => {
  const value = environment[name] || node.tryGetContext(name);
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new SettingError(
    `${name} is missing. Set it in the environment (${name}=${example}) or in the CDK context (-c ${name}=${example}, or under "context" in cdk.json).`,
  );
};

const loopback = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+\/[\w./-]*$/;
const domain = /^(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/** Auth0 issues as `https://<domain>/`. An http URL of this machine stands for itself: the issuers of a local run. */
const issuerOf = (name: string, value: string): string => {
  if (loopback.test(value)) return value.endsWith('/') ? value : `${value}/`;
  if (domain.test(value)) return `https://${value.toLowerCase()}/`;
  throw new SettingError(
    `${name} must be a domain such as example.eu.auth0.com, without https:// and without a path, not ${value}`,
  );
};
