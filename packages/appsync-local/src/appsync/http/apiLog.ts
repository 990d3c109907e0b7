/** The API's log, as AppSync writes it to CloudWatch. */
import type { GraphqlApiModel, LocalIam, RoleModel } from '../../model.ts';

export interface ApiLogOptions {
  api: GraphqlApiModel;
  iam: LocalIam;
  roles: RoleModel[];
  region: string;
  accountId: string;
  /** Takes the lines that may be written. */
  write: (line: string) => void;
}

/** What AppSync asks of a log role. */
const actions = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * Writing takes the permissions of the API's log role: without one there is no log, and what the role may not do is
 * told once on the console, and the lines are lost.
 */
export function createApiLog({ api, iam, roles, region, accountId, write }: ApiLogOptions): (line: string) => void {
  const role = roles.find(({ arn }) => arn === api.logRoleArn);
  if (!role) return () => undefined;
  const resource = `arn:aws:logs:${region}:${accountId}:log-group:/aws/appsync/apis/${api.apiId}:log-stream:`;
  let told = false;
  return (line) => {
    const denied = actions.filter((action) => !iam.isAllowed({ kind: 'role', role }, action, resource));
    if (denied.length === 0) return write(line);
    if (!told)
      console.error(
        `API ${api.name}: its log role ${role.name} is not allowed ${denied.join(', ')} on ${resource}; its log is lost`,
      );
    told = true;
  };
}
