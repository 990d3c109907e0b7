/** Who may use which field: directives, and policies for IAM callers. Decided before any resolver runs. */
import type { GraphQLSchema } from 'graphql';
import type { IamCaller } from '../../model.ts';
import { unauthorized } from '../execution/errors.ts';
import type { ApiSchema } from '../schema/schema.ts';
import type { Caller } from '../types.ts';

/** Whether a caller's policies allow `appsync:GraphQL` on a field, given by its ARN. */
export type PolicyDecision = (caller: IamCaller, fieldArn: string) => boolean;

export interface Access {
  /** Throws the `Unauthorized` entry's FieldFailure. */
  authorize(caller: Caller, typeName: string, fieldName: string): void;
  /** Whether an IAM caller may use at least one field; other callers always may. */
  admits(caller: Caller): boolean;
}

export function createAccess(options: {
  apiArn: string;
  schema: GraphQLSchema;
  rules: ApiSchema['rules'];
  isAllowed: PolicyDecision;
}): Access {
  const { apiArn, schema, rules, isAllowed } = options;
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    type ? [type] : [],
  );
  const rootNames = new Set(roots.map(({ name }) => name));
  const arnOf = (typeName: string, fieldName: string) => `${apiArn}/types/${typeName}/fields/${fieldName}`;

  return {
    authorize(caller, typeName, fieldName) {
      const allowed = rules.get(typeName)?.get(fieldName)?.modes.has(caller.mode) ?? false;
      const permitted =
        caller.mode !== 'AWS_IAM' || !rootNames.has(typeName) || isAllowed(caller.iam, arnOf(typeName, fieldName));
      if (!allowed || !permitted) throw unauthorized(fieldName, typeName);
    },
    admits: (caller) =>
      caller.mode !== 'AWS_IAM' ||
      roots.some((type) =>
        Object.keys(type.getFields()).some((fieldName) => isAllowed(caller.iam, arnOf(type.name, fieldName))),
      ),
  };
}
