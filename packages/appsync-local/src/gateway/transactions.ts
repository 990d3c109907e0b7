import type { TableModel } from '../model.ts';

type Input = Record<string, unknown>;

/** Whether a transaction names one item twice, which DynamoDB refuses and the engine does not. */
export function hasItemTwice(input: Input, tables: TableModel[]): boolean {
  const actions = Array.isArray(input['TransactItems']) ? (input['TransactItems'] as Record<string, Input>[]) : [];
  const places = actions.flatMap((action) => Object.values(action)).map((request) => placeOf(request, tables));
  return new Set(places).size < places.length;
}

function placeOf(request: Input, tables: TableModel[]): string {
  const name = String(request['TableName']).replace(/^arn:.*:table\//, '');
  const keys = (tables.find((table) => table.name === name)?.createTable['KeySchema'] ?? []) as {
    AttributeName: string;
  }[];
  const item = (request['Key'] ?? request['Item'] ?? {}) as Input;
  return JSON.stringify([name, ...keys.map(({ AttributeName }) => item[AttributeName])]);
}
