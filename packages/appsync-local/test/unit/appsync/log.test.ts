import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApiLog } from '../../../src/appsync/http/apiLog.ts';
import { StackIam } from '../../../src/gateway/iam.ts';
import type { RoleModel } from '../../../src/model.ts';
import { answering, apiModel } from './fixture.ts';

const common = { region: 'us-east-1', accountId: '000000000000' };
const actions = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const roleWith = (allowed: string[], group = 'test'): RoleModel => ({
  logicalId: 'logRole',
  arn: 'arn:aws:iam::000000000000:role/logRole',
  name: 'logRole',
  trustedServices: ['appsync.amazonaws.com'],
  statements: [
    {
      source: 'policy[0]',
      effect: 'Allow',
      actions: allowed,
      resources: [`arn:aws:logs:us-east-1:000000000000:log-group:/aws/appsync/apis/${group}:*`],
      conditions: {},
    },
  ],
});

const linesWith = (role?: RoleModel): string[] => {
  const api = apiModel({
    schema: 'type Query { a: String }',
    units: { 'Query.a': answering('1') },
    more: role && { logRoleArn: role.arn },
  });
  const roles = role ? [role] : [];
  const lines: string[] = [];
  const log = createApiLog({
    ...common,
    api,
    roles,
    iam: new StackIam({ ...common, roles, seed: 's' }),
    write: (line) => lines.push(line),
  });
  log('first');
  log('second');
  return lines;
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the log of an API', () => {
  it('is written under the log role', () => {
    expect(linesWith(roleWith(actions))).toEqual(['first', 'second']);
  });

  it('is not written without one', () => {
    expect(linesWith()).toEqual([]);
  });

  it.each([
    ...actions.map((missing) => [missing, roleWith(actions.filter((action) => action !== missing))] as const),
    ['logs:CreateLogGroup', roleWith(actions, 'other')] as const,
  ])('is lost, as the console is told once, when the role may not %s', (missing, role) => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(linesWith(role)).toEqual([]);
    expect(told).toHaveBeenCalledTimes(1);
    expect(told.mock.calls[0]![0]).toMatch(
      new RegExp(`log role logRole is not allowed ${missing}.*/aws/appsync/apis/(test)`),
    );
  });
});
