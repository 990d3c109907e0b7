import { NumberValueImpl as NumberValue, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../ports/dynamodb/item.ts';

/**
 * A number of an item. One that is not exactly a number of this language is none that this system wrote: it stays what
 * it is, so that who reads the item beside others can pass it by. The default would throw, and hide the others.
 */
const numberOf = (text: string): number | NumberValue => {
  const number = Number(text);
  return String(number) === text ? number : NumberValue.from(text);
};

/** New ones for each who asks: a document client changes its own, and items in another form could not be read by them. */
export const unmarshallOptions = () => ({ wrapNumbers: numberOf });

/** An item in the form of DynamoDB's own interface. */
export const itemIn = (raw: Parameters<typeof unmarshall>[0]): Item => unmarshall(raw, unmarshallOptions());
