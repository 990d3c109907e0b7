import { InvalidArgument } from './arguments.ts';
import { propertiesOf } from '../runtime/properties.ts';

const foreign = () =>
  new InvalidArgument('nextToken', 'must be the nextToken of the page before, with the same arguments');

/** A place in a list as clients hand it back: with what was asked, so that it is of no use in another list. */
export const encode = (asked: string, place: unknown): string =>
  Buffer.from(JSON.stringify([asked, place])).toString('base64url');

/** @throws InvalidArgument for the token of another list, or none of ours */
export const decode = <Place>(token: string, asked: string, isPlace: (value: unknown) => value is Place): Place => {
  try {
    const said: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(said) && said[0] === asked && isPlace(said[1])) return said[1];
  } catch {
    // Not one of ours, as any other text that cannot be read.
  }
  throw foreign();
};

/** Whether a value is an object with these properties, all of them of these types; numbers are finite. */
export const isShaped = <Shape extends Record<string, 'string' | 'number' | 'integer'>>(
  value: unknown,
  shape: Shape,
): value is { [Name in keyof Shape]: Shape[Name] extends 'string' ? string : number } =>
  Object.entries(shape).every(([name, type]) => {
    const each = propertiesOf(value)[name];
    if (type === 'string') return typeof each === 'string';
    return type === 'integer' ? Number.isSafeInteger(each) : Number.isFinite(each);
  });
