import type { CfnGraphQLApi } from 'aws-cdk-lib/aws-appsync';
import type { Application, Config } from '../config.ts';

/**
 * The ways in, the default first: tokens of the admin application, of the user application, and IAM for the system's
 * functions.
 */
export const providersOf = ({
  admin,
  user,
}: Config): [
  CfnGraphQLApi.AdditionalAuthenticationProviderProperty,
  ...CfnGraphQLApi.AdditionalAuthenticationProviderProperty[],
] => {
  const iam = { authenticationType: 'AWS_IAM' };
  // AppSync finds a token's provider by its issuer, so applications that share an issuer share a provider.
  if (admin.issuer === user.issuer) return [openId(admin.issuer, [admin, user]), iam];
  return [openId(admin.issuer, [admin]), openId(user.issuer, [user]), iam];
};

const openId = (issuer: string, applications: Application[]) => ({
  authenticationType: 'OPENID_CONNECT',
  openIdConnectConfig: { issuer, clientId: clientPatternOf(applications.map(({ clientId }) => clientId)) },
});

/** AppSync takes a client id as a regular expression; these match the given ids and nothing else. */
const clientPatternOf = (clientIds: string[]): string => {
  const literals = [...new Set(clientIds)].map((id) => id.replace(/[^\w-]/g, '\\$&'));
  return literals.length === 1 ? `^${literals[0]}$` : `^(${literals.join('|')})$`;
};
