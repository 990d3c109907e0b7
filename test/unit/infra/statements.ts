import { resourcesOf, type Template } from './synthesized.ts';

/** One statement of an identity's policy. */
export interface Statement {
  /** Logical id of the role that has it. */
  role: string;
  actions: string[];
  /** Each as JSON, for comparison. */
  resources: string[];
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** All that the template's roles are allowed, inline or by policies attached to them. */
export const statementsOf = (template: Template): Statement[] => {
  const documents = [
    ...resourcesOf(template, 'AWS::IAM::Role').flatMap(([role, { Properties }]) =>
      ((Properties['Policies'] ?? []) as any[]).map((policy) => [role, policy.PolicyDocument]),
    ),
    ...resourcesOf(template, 'AWS::IAM::Policy').flatMap(([, { Properties }]) =>
      (Properties['Roles'] as any[]).map(({ Ref }) => [Ref, Properties['PolicyDocument']]),
    ),
  ];
  return documents.flatMap(([role, document]) =>
    (document.Statement as any[]).map((statement) => ({
      role,
      actions: list(statement.Action) as string[],
      resources: list(statement.Resource).map((each) => JSON.stringify(each)),
    })),
  );
};

/** The actions that any role has on something, by role. */
export const grantsOn = (
  template: Template,
  isTarget: (resource: string) => boolean,
): { role: string; action: string }[] =>
  statementsOf(template)
    .filter(({ resources }) => resources.some(isTarget))
    .flatMap(({ role, actions }) => actions.map((action) => ({ role, action })));
