import { createHash } from 'node:crypto';

/** A message attribute as the JSON protocol carries it; a binary value in base64. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

/** A message with what is kept of it. Times are epoch milliseconds. */
export interface Message {
  id: string;
  body: string;
  md5: string;
  attributes: Record<string, MessageAttribute>;
  /** `AWSTraceHeader`: where the message comes from. */
  trace?: string;
  group?: string;
  sender: string;
  /** When it was first put on a queue: a dead letter keeps it, and its retention counts from it. */
  sentAt: number;
  receives: number;
  firstReceivedAt?: number;
  /** Not to be received before. */
  visibleAt: number;
  /** Set while somebody has it. */
  receipt?: string;
  /** ARN of the queue that it could not be handled from. */
  deadLetterOf?: string;
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** The checksum of message attributes that clients compare: names in order, each part with its length before it. */
export function md5OfAttributes(attributes: Record<string, MessageAttribute>): string {
  const hash = createHash('md5');
  const add = (part: string | Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(part));
    hash.update(length).update(part);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { DataType, StringValue, BinaryValue } = attributes[name] as MessageAttribute;
    add(name);
    add(DataType);
    hash.update(Buffer.from([BinaryValue === undefined ? 1 : 2]));
    add(BinaryValue === undefined ? (StringValue ?? '') : Buffer.from(BinaryValue, 'base64'));
  }
  return hash.digest('hex');
}

/** Bytes that count towards a message's greatest size. */
export function sizeOf({ body, attributes }: Pick<Message, 'body' | 'attributes'>): number {
  return Object.entries(attributes).reduce((sum, [name, { DataType, StringValue, BinaryValue }]) => {
    const value = BinaryValue === undefined ? (StringValue ?? '') : Buffer.from(BinaryValue, 'base64');
    return sum + Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(value);
  }, Buffer.byteLength(body));
}
