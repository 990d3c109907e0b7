type Input = Record<string, unknown>;

const ofOneItem = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

/** The names or ARNs of the tables that a call writes to; none if it only reads. */
export function tablesWritten(operation: string, input: Input): string[] {
  if (ofOneItem.has(operation)) return [String(input['TableName'])];
  if (operation === 'BatchWriteItem') return Object.keys((input['RequestItems'] ?? {}) as Input);
  if (operation !== 'TransactWriteItems') return [];
  return ((input['TransactItems'] ?? []) as Record<string, Input>[])
    .flatMap((action) => Object.entries(action))
    .filter(([kind]) => kind !== 'ConditionCheck')
    .map(([, request]) => String(request['TableName']));
}
