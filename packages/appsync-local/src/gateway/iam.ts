import { createHash } from 'node:crypto';
import { decide } from './policy.ts';
import { SigV4Verifier } from './sigv4.ts';
import type { Decision } from './policy.ts';
import type { VerifiableRequest } from './sigv4.ts';
import type { AwsCredentials, IamCaller, LocalIam, PolicyContext, PolicyStatement, RoleModel } from '../model.ts';

export interface IamOptions {
  roles: RoleModel[];
  region: string;
  accountId: string;
  /** Resource policies by the resource's ARN. */
  resourcePolicies?: Map<string, PolicyStatement[]>;
  /** Mixed into every secret, so that one stack's credentials are worthless to another. */
  seed: string;
}

/** The access key id with which a tool on this machine is an administrator of tables and queues. */
export const administratorKey = 'local';

/** Who a request comes from, with what its session token tells besides. */
export interface Identified {
  caller: IamCaller;
  /** Set when a Lambda worker calls; for tests, not trusted for policy. */
  workerId?: string;
}

interface Identity {
  role: RoleModel;
  credentials: Required<AwsCredentials>;
}

/** Identities and policy decisions of one stack. */
export class StackIam implements LocalIam {
  readonly #byKey = new Map<string, Identity>();
  readonly #byArn = new Map<string, Identity>();
  readonly #verifier: SigV4Verifier;
  readonly #options: IamOptions;

  constructor(options: IamOptions) {
    this.#options = options;
    this.#verifier = new SigV4Verifier(options.region);
    for (const role of options.roles) {
      const derive = (purpose: string) =>
        createHash('sha256').update(`${options.seed}/${role.arn}/${purpose}`).digest('hex');
      const credentials = {
        accessKeyId: `ASIA${derive('key').slice(0, 16).toUpperCase()}`,
        secretAccessKey: derive('secret').slice(0, 40),
        sessionToken: derive('token'),
      };
      const identity = { role, credentials };
      this.#byKey.set(credentials.accessKeyId, identity);
      this.#byArn.set(role.arn, identity);
    }
  }

  credentialsFor(roleArn: string): AwsCredentials {
    return { ...this.#identityOf(roleArn).credentials };
  }

  roleOf(roleArn: string): RoleModel {
    return this.#identityOf(roleArn).role;
  }

  #identityOf(roleArn: string): Identity {
    const identity = this.#byArn.get(roleArn);
    if (!identity) throw new Error(`${roleArn} is not a role of this stack`);
    return identity;
  }

  async verify(request: VerifiableRequest, service: string) {
    const identified = this.identify(request, service);
    return identified.ok ? { ok: true as const, caller: identified.caller } : identified;
  }

  /** As `verify`, at once, with the worker's id and AWS's name for the refusal. */
  identify(
    request: VerifiableRequest,
    service: string,
  ): ({ ok: true } & Identified) | { ok: false; error: string; reason: string } {
    const accessKeyId = this.#verifier.accessKeyId(request);
    // The administrator is for tools that reach the engines; a GraphQL endpoint that browsers may call knows no such
    // key.
    if (accessKeyId === administratorKey && service !== 'appsync')
      return { ok: true, caller: { kind: 'administrator' } };
    const identity = accessKeyId === undefined ? undefined : this.#byKey.get(accessKeyId);
    if (accessKeyId !== undefined && !identity) return unknownKey;
    const verified = this.#verifier.verify(request, service, identity?.credentials.secretAccessKey ?? '');
    if (!verified.ok) return verified;
    if (!identity) return unknownKey;

    const { sessionToken } = identity.credentials;
    const given = request.headers['x-amz-security-token'] ?? '';
    if (given !== sessionToken && !given.startsWith(`${sessionToken}#`)) return unknownKey;
    const workerId = given.length > sessionToken.length ? given.slice(sessionToken.length + 1) : undefined;
    return { ok: true, caller: { kind: 'role', role: identity.role }, ...(workerId === undefined ? {} : { workerId }) };
  }

  isAllowed(caller: IamCaller, action: string, resource: string, context: PolicyContext = {}): boolean {
    return this.decide(caller, action, resource, context).allowed;
  }

  /** As `isAllowed`, with the statement that decided. */
  decide(caller: IamCaller, action: string, resource: string, context: PolicyContext = {}): Decision {
    if (caller.kind === 'administrator') return { allowed: true };
    const { role } = caller;
    const facts: PolicyContext = {
      // Nothing leaves the machine; what AWS would carry over TLS counts as such.
      'aws:SecureTransport': 'true',
      'aws:PrincipalArn': role.arn,
      'aws:PrincipalAccount': this.#options.accountId,
      'aws:RequestedRegion': this.#options.region,
      ...context,
    };
    const statements = this.#options.resourcePolicies?.get(resource) ?? [];
    const rules = action.startsWith('kms:');
    return decide(role.statements, action, resource, facts, { statements, principal: role.arn, rules });
  }
}

const unknownKey = {
  ok: false,
  error: 'UnrecognizedClientException',
  reason: 'The security token included in the request is invalid.',
} as const;

/** AWS's words for a refused call. */
export function denialMessage(role: RoleModel, action: string, resource: string, decision: Decision): string {
  const because = decision.statement
    ? `with an explicit deny in ${decision.statement.principals ? 'a resource-based policy' : 'an identity-based policy'} (${decision.statement.source})`
    : `because no ${decision.notDelegated ? 'resource' : 'identity'}-based policy allows the ${action} action`;
  return `User: ${role.arn} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
}
