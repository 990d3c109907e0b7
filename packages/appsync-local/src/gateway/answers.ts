import { randomUUID } from 'node:crypto';

export type Service = 'dynamodb' | 'sqs' | 'kms';

/** An HTTP answer in the making. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | string;
}

/** SQS clients take an error's name from this header, in the words of the older query protocol. */
const queryNames: Record<string, string> = {
  AccessDeniedException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  IncompleteSignatureException: 'IncompleteSignature',
};

/**
 * An error as the service writes it. DynamoDB and KMS refuse callers with status 400, SQS with 403.
 *
 * @param queryName the error's name in SQS's older protocol, where it has another
 */
export function errorAnswer(
  service: Service,
  type: string,
  message: string,
  status?: number,
  queryName: string | undefined = queryNames[type],
): Answer {
  const headers: Record<string, string> = {
    'content-type': `application/x-amz-json-${service === 'kms' ? '1.1' : '1.0'}`,
    'x-amzn-requestid': randomUUID(),
  };
  if (service === 'sqs')
    headers['x-amzn-query-error'] = `${queryName ?? type};${(status ?? 400) >= 500 ? 'Receiver' : 'Sender'}`;
  return {
    status: status ?? (service === 'sqs' && queryName !== undefined ? 403 : 400),
    headers,
    body: JSON.stringify({ __type: `com.amazon.coral.service#${type}`, message }),
  };
}
