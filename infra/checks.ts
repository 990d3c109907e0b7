import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { UserManagementStack } from './stack.ts';

/** AWS's rules for good solutions: a finding that is not acknowledged here, with its reason, fails the synthesis. */
export const addChecks = (app: App, _stack: UserManagementStack): void => {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
};
