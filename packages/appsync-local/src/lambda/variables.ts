import { devNull } from 'node:os';
import type { AwsCredentials, FunctionModel } from '../model.ts';

export interface SandboxIdentity {
  credentials: AwsCredentials;
  /** Appended to the session token as `#<id>`, so that the gateway can tell which sandbox calls. */
  workerId: string;
  region: string;
  /** Of the gateway, for DynamoDB, SQS and KMS alike. */
  endpoint: string;
  logGroup: string;
  logStream: string;
}

/** The function's whole environment: the template's variables, and what Lambda sets beside them (Lambda's win). */
export function sandboxVariables(model: FunctionModel, identity: SandboxIdentity): Record<string, string> {
  const { credentials } = identity;
  return {
    ...model.environment,
    _HANDLER: model.handler,
    AWS_EXECUTION_ENV: `AWS_Lambda_${model.runtime}`,
    AWS_REGION: identity.region,
    AWS_DEFAULT_REGION: identity.region,
    AWS_LAMBDA_FUNCTION_NAME: model.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: identity.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: identity.logStream,
    LAMBDA_TASK_ROOT: model.codeDir,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: `${credentials.sessionToken ?? ''}#${identity.workerId}`,
    AWS_ENDPOINT_URL_DYNAMODB: identity.endpoint,
    AWS_ENDPOINT_URL_SQS: identity.endpoint,
    AWS_ENDPOINT_URL_KMS: identity.endpoint,
    // A sandbox has no ~/.aws; the developer's own must not leak in.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}
