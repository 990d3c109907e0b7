/**
 * Parts of the runtime for tests and measurements that bring up less than a whole stack, or look into one.
 * Applications start from `appsync-local` itself; what is here may change with any release.
 */
export { createJwtVerifier } from './appsync/auth/jwt.ts';
export {
  createEvaluator,
  type Evaluation,
  type EvaluationContext,
  type LoadedCode,
} from './appsync/execution/evaluate.ts';
export { filterProblem } from './appsync/realtime/subscriptionFilter.ts';
export * as scalarFormats from './appsync/schema/scalarFormats.ts';
export { awsScalars as SCALARS } from './appsync/schema/scalars.ts';
export { coerceVariables } from './appsync/schema/variables.ts';
export type { Template } from './assembly/cloudAssembly.ts';
export { loadAssembly } from './assembly/load.ts';
export { openDatabase, startDynamoDb, type DynamoDatabase, type DynamoDbEngine } from './engines/dynamodb.ts';
export { KmsEngine, KmsError } from './engines/kms/kms.ts';
export { SqsEngine, SqsError } from './engines/sqs/engine.ts';
export { matchesPattern } from './gateway/conditions.ts';
export type { GatewayCall } from './gateway/hooks.ts';
export { StackIam } from './gateway/iam.ts';
export { dynamoDbPermissions, sqsPermissions } from './gateway/permissions.ts';
export { decide, type Decision } from './gateway/policy.ts';
export { SigV4Verifier } from './gateway/sigv4.ts';
export type { LambdaEvent } from './lambda/runtime.ts';
export * from './model.ts';
export { relocateIssuers } from './stack/relocate.ts';
