/** AppSync's directives: which exist, and what they say about a field. */
import type { ConstDirectiveNode, FieldDefinitionNode, ObjectTypeDefinitionNode } from 'graphql';
import type { AuthMode } from '../types.ts';

/** Definitions that every schema gets. */
export const directiveDefinitions = `
directive @aws_iam on OBJECT | FIELD_DEFINITION
directive @aws_oidc on OBJECT | FIELD_DEFINITION
directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
`;

const modes: Record<string, AuthMode> = { aws_iam: 'AWS_IAM', aws_oidc: 'OPENID_CONNECT' };

/** Directives of the service whose auth modes the local AppSync does not have. */
export const unavailableDirectives: ReadonlySet<string> = new Set([
  'aws_api_key',
  'aws_cognito_user_pools',
  'aws_lambda',
  'aws_auth',
]);

function modesIn(directives: readonly ConstDirectiveNode[] | undefined): AuthMode[] {
  return (directives ?? []).flatMap(({ name }) => modes[name.value] ?? []);
}

/**
 * Modes that may read a field: those on the field; without any, those on its type; without any, the default mode.
 */
export function modesOf(
  type: ObjectTypeDefinitionNode,
  field: FieldDefinitionNode,
  defaultMode: AuthMode,
): ReadonlySet<AuthMode> {
  const onField = modesIn(field.directives);
  const onType = modesIn(type.directives);
  return new Set(onField.length > 0 ? onField : onType.length > 0 ? onType : [defaultMode]);
}

/** Names in `@aws_subscribe(mutations: […])`; null without the directive. */
export function subscribedMutations(field: FieldDefinitionNode): string[] | null {
  const directive = field.directives?.find(({ name }) => name.value === 'aws_subscribe');
  const value = directive?.arguments?.find(({ name }) => name.value === 'mutations')?.value;
  if (!directive) return null;
  return value?.kind === 'ListValue'
    ? value.values.flatMap((one) => (one.kind === 'StringValue' ? [one.value] : []))
    : [];
}
