/** DynamoDB's limit on a partition key, in bytes. */
const longest = 2048;

/** Whether a text can be a partition key: an item that is asked for by another makes the whole request invalid. */
export const isKey = (text: string): boolean => text !== '' && Buffer.byteLength(text) <= longest;
