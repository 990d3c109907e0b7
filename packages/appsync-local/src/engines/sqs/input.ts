import { invalidValue, missing, SqsError } from './error.ts';
import type { MessageAttribute } from './message.ts';

export type Body = Record<string, unknown>;

/** A whole number within bounds; undefined if it is left out. */
export function numberOf(input: Body, name: string, least: number, most: number): number | undefined {
  const given = input[name];
  if (given === undefined || given === null) return undefined;
  const number = Number(given);
  if (!Number.isInteger(number) || number < least || number > most)
    return invalidValue(given, name, `Must be between ${least} and ${most}, if provided.`);
  return number;
}

export function textOf(input: Body, name: string): string {
  const text = input[name];
  return typeof text === 'string' && text !== '' ? text : missing(name);
}

/** What SQS takes in a message: XML's characters. */
const refused = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

export function bodyOf(input: Body): string {
  const body = textOf(input, 'MessageBody');
  if (refused.test(body))
    throw new SqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  return body;
}

/** A group is any text of printable ASCII without spaces. Standard queues take it too: it makes them fair. */
export function groupOf(input: Body): string | undefined {
  const group = input['MessageGroupId'];
  if (input['MessageDeduplicationId'] !== undefined)
    return invalidValue(
      input['MessageDeduplicationId'],
      'MessageDeduplicationId',
      'The request includes a parameter that is not valid for this queue type.',
    );
  if (group === undefined) return undefined;
  if (typeof group !== 'string' || !/^[!-~]{1,128}$/.test(group))
    return invalidValue(
      group,
      'MessageGroupId',
      'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
    );
  return group;
}

const maximumAttributes = 10;

export function attributesOf(input: Body): Record<string, MessageAttribute> {
  const attributes = (input['MessageAttributes'] ?? {}) as Record<string, MessageAttribute>;
  const entries = Object.entries(attributes);
  if (entries.length > maximumAttributes)
    throw new SqsError(
      'InvalidParameterValue',
      `Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`,
    );
  for (const [name, value] of entries) {
    if (!/^(?!aws\.|amazon\.|\.)[\w.-]{1,256}(?<!\.)$/i.test(name))
      invalidValue(name, 'MessageAttributes', 'Not a name.');
    if (!/^(String|Number|Binary)(\..+)?$/.test(value?.DataType ?? ''))
      invalidValue(value?.DataType, `MessageAttributes.${name}`, 'The type of message attribute is invalid.');
    const given = value.DataType.startsWith('Binary') ? value.BinaryValue : value.StringValue;
    if (given === undefined || given === '')
      invalidValue('', `MessageAttributes.${name}`, 'The message attribute must contain a non-empty value.');
  }
  return attributes;
}

/** `AWSTraceHeader` is the one system attribute that a sender may set. */
export function traceOf(input: Body): string | undefined {
  const given = input['MessageSystemAttributes'] as Record<string, MessageAttribute> | undefined;
  const unknown = Object.keys(given ?? {}).find((name) => name !== 'AWSTraceHeader');
  if (unknown !== undefined) invalidValue(unknown, 'MessageSystemAttributes', 'Only AWSTraceHeader may be set.');
  return given?.['AWSTraceHeader']?.StringValue;
}

/** Whether the names asked for, which may be `All` or begin with what stands before `.*`, hold this one. */
export function asksFor(names: unknown, name: string): boolean {
  return (
    Array.isArray(names) &&
    names.some((one) => one === 'All' || one === '.*' || one === name || matchesPrefix(String(one), name))
  );
}

const matchesPrefix = (asked: string, name: string): boolean =>
  asked.endsWith('.*') && name.startsWith(asked.slice(0, -1));

export const receiptHandle = (id: string, receipt: string): string =>
  Buffer.from(`${id} ${receipt}`).toString('base64');

/** @throws SqsError ReceiptHandleIsInvalid for what never was one */
export function receiptOf(input: Body): { id: string; receipt: string } {
  const handle = textOf(input, 'ReceiptHandle');
  const [id = '', receipt = '', ...more] = Buffer.from(handle, 'base64').toString('latin1').split(' ');
  if (id.length !== 36 || receipt.length !== 36 || more.length > 0)
    throw new SqsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
  return { id, receipt };
}
