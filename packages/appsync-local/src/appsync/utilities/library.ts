/** Everything that resolver code can import or use as `util`, `extensions` and `runtime`. */
import type { LibraryFunction } from './arguments.ts';
import { dynamodb } from './dynamodb.ts';
import { dynamodbHelpers } from './dynamodbHelpers.ts';
import { filterExpression } from './expressions.ts';
import { copyHeaders } from './http.ts';
import { matches } from './javaRegex.ts';
import { toSubscriptionFilter } from './subscriptionFilter.ts';
import {
  autoId,
  autoKsuid,
  autoUlid,
  base64Decode,
  base64Encode,
  escapeJavaScript,
  math,
  normalize,
  urlDecode,
  urlEncode,
} from './text.ts';
import { time } from './time.ts';

export type Library = { [name: string]: Library | LibraryFunction };

/** Names without the functions behind them: `true` is a function. */
export type Shape = true | { [name: string]: Shape };

/** By module. These need nothing of the request; they run outside the sandbox, on copies. */
export const libraryText: Library = {
  '@aws-appsync/utils': {
    util: {
      autoId,
      autoUlid,
      autoKsuid,
      base64Decode,
      base64Encode,
      escapeJavaScript,
      matches,
      urlDecode,
      urlEncode,
      dynamodb,
      http: { copyHeaders },
      math,
      str: { normalize },
      time,
      transform: {
        toDynamoDBFilterExpression: (filter: unknown) => JSON.stringify(filterExpression(filter)),
        toDynamoDBConditionExpression: (condition: unknown) => JSON.stringify(filterExpression(condition)),
        toSubscriptionFilter,
      },
    },
  },
  '@aws-appsync/utils/dynamodb': dynamodbHelpers,
};

/** By module: these steer the evaluation or write to the request, and live in the sandbox (builtins.js). */
const flow: Record<string, Shape> = {
  '@aws-appsync/utils': {
    util: {
      error: true,
      appendError: true,
      unauthorized: true,
      authType: true,
      http: { addResponseHeader: true, addResponseHeaders: true },
    },
    extensions: { setSubscriptionFilter: true },
    runtime: { earlyReturn: true },
  },
};

function shapeOf(library: Library | LibraryFunction): Shape {
  return typeof library === 'function'
    ? true
    : Object.fromEntries(Object.entries(library).map(([name, member]) => [name, shapeOf(member)]));
}

function merge(one: Shape, other: Shape | undefined): Shape {
  if (one === true || other === true || other === undefined) return one;
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(names.map((name) => [name, merge(one[name] ?? other[name] ?? true, other[name])]));
}

/** All names by module, for the static check. */
export const libraryShape: Record<string, Shape> = Object.fromEntries(
  Object.entries(libraryText).map(([module, members]) => [module, merge(shapeOf(members), flow[module])]),
);

/** The names in LIBRARY alone, for the sandbox to make stand-ins for. */
export const libraryNames: Shape = shapeOf(libraryText);

/** Finds a function by its path, e.g. `['@aws-appsync/utils', 'util', 'time', 'nowISO8601']`. */
export function libraryFunction(path: readonly string[]): LibraryFunction {
  let found: Library | LibraryFunction | undefined = libraryText;
  for (const name of path) found = typeof found === 'object' && Object.hasOwn(found, name) ? found[name] : undefined;
  if (typeof found !== 'function') throw new TypeError(`no such utility: ${path.join('.')}`);
  return found;
}
