import type { Node } from 'constructs';
import { queueOwners } from './compute/concurrency.ts';

/** One of the two applications that sign in: who issues its tokens, and for which client. */
export interface Application {
  /** Exactly the `iss` of the tokens, trailing slash included. */
  issuer: string;
  clientId: string;
}

/** All that a deployment may choose. */
export interface Config {
  /** `dev` destroys its data with the stack; `prod` retains it. */
  stage: 'dev' | 'prod';
  /**
   * Whether stack and tables refuse to be deleted. Not from the first: what protects a stack also keeps a failed
   * creation from being repeated.
   */
  protect: boolean;
  /** `<prefix>-<stage>`; also the prefix of every physical name, so that two prefixes share an account. */
  stackName: string;
  /** The name of the table of events: the stack's own if not given, else one that a backup was restored to. */
  eventStoreTable: string;
  admin: Application;
  user: Application;
  /** What stands in the `aud` of every token that is made for this API. */
  apiAudience: string;
  /**
   * Where the address of a user of the user application comes from: the token that proves it, or the form, unproved.
   */
  email: 'verified' | 'form';
  /** How far back table subjectKey can be restored, and so after how many days an erasure is final. */
  keyBackupDays: number;
  /** How many batches of one queue may be worked on at once: of each, and of the queues of some operations instead. */
  concurrency: { each: number; operations: Record<string, number> };
  /**
   * How many requests an address may send in five minutes before a web application firewall refuses it; null: no
   * firewall.
   */
  requestsPerAddress: number | null;
  /** Whether the stack serves the console's page. */
  hosting: boolean;
  /** Whether clients may ask for the schema. */
  introspection: boolean;
}

/** A setting that is missing or wrong; the message says which, and what to do. */
export class SettingError extends Error {}

/**
 * Reads the deployment's choices, each from the environment or from the CDK context.
 * @throws SettingError that names every setting that is missing or wrong
 */
export const configOf = (node: Node, environment: NodeJS.ProcessEnv = process.env): Config => {
  const settings = new Settings(node, environment);
  const stage = settings.choice('stage', ['dev', 'prod'], 'dev');
  const prefix = settings.text('PREFIX', prefixRule, 'UserManagement');
  // Set by the local stack alone: its issuers are on this machine.
  const local = environment['LOCAL_STACK'] === 'true';
  const application = (name: 'ADMIN' | 'USER'): Application => ({
    issuer: issuerOf(settings.text(`AUTH0_${name}_DOMAIN`, local ? localDomainRule : domainRule)),
    clientId: settings.text(`AUTH0_${name}_CLIENT_ID`, clientIdRule),
  });
  const [admin, user] = [application('ADMIN'), application('USER')];
  const config: Config = {
    stage,
    protect: settings.flag('protect', false),
    stackName: `${prefix}-${stage}`,
    eventStoreTable: settings.text('EVENT_STORE_TABLE', tableRule, `${prefix}-${stage}-eventStore`),
    admin,
    user,
    apiAudience: settings.text('API_AUDIENCE', audienceRule, local ? audienceRule.example : undefined),
    email: settings.choice('EMAIL', ['verified', 'form'], 'verified'),
    keyBackupDays: keyBackupDaysIn(settings),
    concurrency: concurrencyIn(settings),
    requestsPerAddress: requestsIn(settings),
    hosting: settings.flag('hosting', false),
    introspection: settings.flag('introspection', stage !== 'prod'),
  };
  if (admin.clientId !== '' && admin.clientId === user.clientId) {
    settings.wrong(
      'AUTH0_USER_CLIENT_ID must not be AUTH0_ADMIN_CLIENT_ID: a mistake in a domain would make admins of all users.',
    );
  }
  settings.refuseIfWrong();
  return config;
};

/** A number for every queue, or numbers by operation, `default` among them: `{ "default": 2, "updateUser": 20 }`. */
const concurrencyIn = (settings: Settings): Config['concurrency'] => {
  const given = settings.json('CONCURRENCY') ?? defaultConcurrency;
  const { default: each = defaultConcurrency, ...operations } = (
    typeof given === 'object' ? given : { default: given }
  ) as Record<string, unknown>;
  for (const name of Object.keys(operations))
    if (!queueOwners.includes(name))
      settings.wrong(
        `CONCURRENCY names ${name}, which has no queues of its own; those that have are ${queueOwners.join(', ')}`,
      );
  for (const value of [each, ...Object.values(operations)])
    if (!Number.isInteger(value) || Number(value) < 2 || Number(value) > 1000)
      settings.wrong(`CONCURRENCY must be whole numbers from 2 to 1000, not ${JSON.stringify(value)}`);
  return { each, operations } as Config['concurrency'];
};

/** DynamoDB keeps continuous backups for 1 to 35 days. */
const keyBackupDaysIn = (settings: Settings): number => {
  const given = settings.json('KEY_BACKUP_DAYS') ?? 7;
  if (!Number.isInteger(given) || Number(given) < 1 || Number(given) > 35)
    settings.wrong(`KEY_BACKUP_DAYS must be a whole number from 1 to 35, not ${JSON.stringify(given)}`);
  return Number(given);
};

/** WAF takes rates from 10. */
const requestsIn = (settings: Settings): number | null => {
  const given = settings.json('WAF') ?? null;
  if (given === null) return null;
  if (!Number.isInteger(given) || Number(given) < 10 || Number(given) > 2_000_000_000)
    settings.wrong(
      `WAF must be how many requests an address may send in five minutes, from 10, not ${JSON.stringify(given)}`,
    );
  return Number(given);
};

/** The least that Lambda takes: a new account has ten in all. */
const defaultConcurrency = 2;

interface TextRule {
  pattern: RegExp;
  /** In words: what it must be. */
  rule: string;
  example: string;
}

const domainRule: TextRule = {
  pattern: /^(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*\.(?=[a-z0-9-]*[a-z])[a-z0-9-]+$/i,
  rule: 'a domain such as example.eu.auth0.com, without https:// and without a path',
  example: 'example.eu.auth0.com',
};
const loopback = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+\/[\w./-]*$/;
const localDomainRule: TextRule = {
  ...domainRule,
  pattern: new RegExp(`${domainRule.pattern.source}|${loopback.source}`, 'i'),
};
const clientIdRule: TextRule = { pattern: /^[\x21-\x7e]{1,255}$/, rule: 'a client id', example: 'aBcD1234' };
const audienceRule: TextRule = {
  pattern: /^[\x21-\x7e]{1,600}$/,
  rule: "the identifier of Auth0's API for this system",
  example: 'https://user-management/api',
};
// The longest name after it has 40 characters, and queues take 80.
const prefixRule: TextRule = {
  pattern: /^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$(?<=^.{1,32})/,
  rule: 'at most 32 letters, digits and single hyphens, beginning with a letter',
  example: 'UserManagementOfAlice',
};
const tableRule: TextRule = {
  pattern: /^[\w.-]{3,255}$/,
  rule: 'the name of a table: 3 to 255 letters, digits, dots, hyphens and underscores',
  example: 'UserManagement-prod-eventStore-restored',
};

/** Auth0 issues as `https://<domain>/`. An http URL of this machine stands for itself: the issuers of a local run. */
const issuerOf = (value: string): string => {
  if (loopback.test(value)) return value.endsWith('/') ? value : `${value}/`;
  return `https://${value.toLowerCase()}/`;
};

/** Reads settings one by one, and in the end tells all that is wrong at once. */
class Settings {
  readonly #problems: string[] = [];

  constructor(
    readonly node: Node,
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  choice<Value extends string>(name: string, values: readonly Value[], otherwise: string): Value {
    const value = this.#given(name) ?? otherwise;
    if (!(values as readonly string[]).includes(value))
      this.wrong(`${name} must be ${values.join(' or ')}, not ${value}`);
    return value as Value;
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.choice(name, ['true', 'false'], String(otherwise)) === 'true';
  }

  /** @param otherwise what it is if left out; without it, it must be given */
  text(name: string, { pattern, rule, example }: TextRule, otherwise?: string): string {
    const value = this.#given(name) ?? otherwise;
    if (value === undefined) {
      this.wrong(
        `${name} is missing. Set it in the environment (${name}=${example}) or in the CDK context (-c ${name}=${example}, or under "context" in cdk.json).`,
      );
    } else if (value !== otherwise && !pattern.test(value)) {
      this.wrong(`${name} must be ${rule}, not ${value}`);
    }
    return value ?? '';
  }

  /** A value that may be an object, which the environment and `-c` give as JSON. */
  json(name: string): unknown {
    const context = this.node.tryGetContext(name);
    if (!this.environment[name] && typeof context === 'object') return context;
    const given = this.#given(name);
    try {
      return given === undefined ? undefined : JSON.parse(given);
    } catch {
      this.wrong(`${name} must be JSON, not ${given}`);
      return undefined;
    }
  }

  wrong(problem: string): void {
    this.#problems.push(problem);
  }

  refuseIfWrong(): void {
    if (this.#problems.length > 0) throw new SettingError(this.#problems.join('\n'));
  }

  // The environment, which has upper-case names only, wins: so one run can use other issuers than those that cdk.json
  // settles for all.
  #given(name: string): string | undefined {
    const set = name === name.toUpperCase() ? this.environment[name] : undefined;
    // Mail programs and git look for somebody's address under the name EMAIL.
    const fromEnvironment = name === 'EMAIL' && set?.includes('@') ? undefined : set;
    const value = fromEnvironment || this.node.tryGetContext(name);
    return value === undefined || value === null || String(value).trim() === '' ? undefined : String(value).trim();
  }
}
