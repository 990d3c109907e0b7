/** An item as DynamoDB's JSON has it: a type and a value for each attribute. */
export type RawItem = Record<string, RawValue>;
export type RawValue = Record<string, unknown>;

/**
 * Bytes of an item, by DynamoDB's rules: names count, numbers take half a byte per digit, lists and maps a little for
 * each entry.
 */
export const sizeOf = (item: RawItem): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);

const sizeOfValue = (typed: RawValue): number => {
  const [[type, value] = []] = Object.entries(typed);
  switch (type) {
    case 'S':
      return Buffer.byteLength(value as string);
    case 'N':
      return sizeOfNumber(value as string);
    case 'B':
      return Buffer.byteLength(value as string, 'base64');
    case 'BOOL':
    case 'NULL':
      return 1;
    case 'L':
      return 3 + (value as RawValue[]).reduce((sum, entry) => sum + 1 + sizeOfValue(entry), 0);
    case 'M':
      return (
        3 +
        Object.entries(value as RawItem).reduce(
          (sum, [name, entry]) => sum + 1 + Buffer.byteLength(name) + sizeOfValue(entry),
          0,
        )
      );
    case 'SS':
      return (value as string[]).reduce((sum, entry) => sum + Buffer.byteLength(entry), 0);
    case 'NS':
      return (value as string[]).reduce((sum, entry) => sum + sizeOfNumber(entry), 0);
    default:
      throw new Error(`The size of a value of type ${type} is not known`);
  }
};

/** Two significant digits to a byte, one byte more, and one for the sign of a negative number. */
const sizeOfNumber = (text: string): number => {
  const digits = text.replace(/^-/, '').replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
};
