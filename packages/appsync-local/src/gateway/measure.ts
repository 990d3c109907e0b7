/** The operations that take ReturnConsumedCapacity. */
const measurable = new Set([
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
  'TransactGetItems',
  'TransactWriteItems',
]);

/** The request with ReturnConsumedCapacity set; undefined if the operation does not take it. */
export function withConsumedCapacity(
  operation: string,
  input: Record<string, unknown>,
  detail: 'INDEXES' | 'TOTAL',
): Record<string, unknown> | undefined {
  return measurable.has(operation) ? { ...input, ReturnConsumedCapacity: detail } : undefined;
}
