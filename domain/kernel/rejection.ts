import type { AggregateName } from './aggregate.ts';

/** Why a command was not applied. Stable: clients rely on them. */
export const rejectionCodes = [
  'INVALID',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'EMAIL_TAKEN',
  'NAME_TAKEN',
  'ROLE_NOT_FOUND',
  'GROUP_NOT_FOUND',
  'AUTHORIZATION_NOT_FOUND',
  'IN_USE',
  'VERSION_CONFLICT',
  'SUSPENDED',
  'ERASED',
  'EMAIL_NOT_VERIFIED',
  'STREAM_FULL',
] as const;
export type RejectionCode = (typeof rejectionCodes)[number];

export interface Rejection {
  code: RejectionCode;
  /** In words, for a person. */
  message: string;
}

export const reject = (code: RejectionCode, message: string): { rejection: Rejection } => ({
  rejection: { code, message },
});

/** The code for a reference to something that does not exist. */
export const missingCode = (aggregate: AggregateName): RejectionCode =>
  codeFrom(`${aggregate.toUpperCase()}_NOT_FOUND`);

/** The code for a unique value that another holds. */
export const takenCode = (attribute: string): RejectionCode => codeFrom(`${attribute.toUpperCase()}_TAKEN`);

/** The code for a value of which a person does not prove that it is the own one. */
export const unprovedCode = (attribute: string): RejectionCode => codeFrom(`${attribute.toUpperCase()}_NOT_VERIFIED`);

const codeFrom = (candidate: string): RejectionCode => {
  const code = rejectionCodes.find((each) => each === candidate);
  if (!code) throw new Error(`${candidate} is not in the list of rejection codes`);
  return code;
};
