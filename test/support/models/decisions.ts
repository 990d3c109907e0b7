import { type Decision, decide } from 'appsync-local/parts';
import { StackIam } from 'appsync-local/parts';
import type { PolicyContext, PolicyStatement, RoleModel, StackModel } from 'appsync-local/parts';

/** Something that a role did or tried, and was judged for. */
export interface Judged {
  role: RoleModel;
  action: string;
  resource: string;
  context: PolicyContext;
  allowed: boolean;
}

/** Everything that is judged from now on by any stack of this process, each action of a role on a resource once. */
export const recordDecisions = (): { judged: () => Judged[]; stop: () => void } => {
  const found = new Map<string, Judged>();
  const original = StackIam.prototype.decide;
  StackIam.prototype.decide = function record(caller, action, resource, context = {}): Decision {
    const decision = original.call(this, caller, action, resource, context);
    if (caller.kind === 'role') {
      const { allowed } = decision;
      const { role } = caller;
      found.set(`${role.arn} ${action} ${resource} ${allowed}`, { role, action, resource, context, allowed });
    }
    return decision;
  };
  return {
    judged: () => [...found.values()],
    stop: () => {
      StackIam.prototype.decide = original;
    },
  };
};

/** A statement of an identity's policy, with what a person calls it. */
export interface Grant {
  role: RoleModel;
  statement: PolicyStatement;
  name: string;
}

/** All statements of the roles that a stack's own parts have; an operator's role is used from outside. */
export const grantsOf = ({ roles }: StackModel): Grant[] =>
  roles.filter(isOfService).flatMap((role) =>
    role.statements.filter(isServedHere).map((statement) => ({
      role,
      statement,
      name: `${statement.source}: ${statement.actions.join(', ')}`,
    })),
  );

/** There is no CloudWatch on one machine, and so nobody asks it. */
const isServedHere = ({ actions }: PolicyStatement): boolean =>
  actions.some((action) => !action.startsWith('cloudwatch:'));

const isOfService = ({ trustedServices }: RoleModel): boolean =>
  trustedServices.some((service) => service.endsWith('.amazonaws.com'));

/** Whether a judgement would have been a denial without a statement, and was none with it. */
export const needs = (
  { role, action, resource, context }: Omit<Judged, 'allowed'>,
  { statement }: Grant,
  model: StackModel,
): boolean => {
  const ofResource = {
    statements: model.queues.find(({ arn }) => arn === resource)?.policy ?? [],
    principal: role.arn,
  };
  const facts: PolicyContext = { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': role.arn, ...context };
  const allowedBy = (statements: PolicyStatement[]) => decide(statements, action, resource, facts, ofResource).allowed;
  return allowedBy(role.statements) && !allowedBy(role.statements.filter((each) => each !== statement));
};

/** Runs something while a role lacks a statement. */
export const without = async <Result>({ role, statement }: Grant, run: () => Promise<Result>): Promise<Result> => {
  const place = role.statements.indexOf(statement);
  role.statements.splice(place, 1);
  try {
    return await run();
  } finally {
    role.statements.splice(place, 0, statement);
  }
};
