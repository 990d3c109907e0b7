// The runtime's modules, loosely: the names that there are, and how many arguments they take. The typings on npm are
// stricter than those of the service, which takes code that they refuse.

declare module '@aws-appsync/utils' {
  export const util: {
    error(message: any, errorType?: any, data?: any, errorInfo?: any): never;
    appendError(message: any, errorType?: any, data?: any, errorInfo?: any): void;
    unauthorized(): never;
    authType(): string;
    matches(javaPattern: string, value: string): boolean;
    escapeJavaScript(value: string): string;
    urlEncode(value: string): string;
    urlDecode(value: string): string;
    base64Encode(value: string): string;
    base64Decode(value: string): string;
    autoId(): string;
    autoUlid(): string;
    autoKsuid(): string;
    time: {
      nowISO8601(): string;
      nowEpochSeconds(): number;
      nowEpochMilliSeconds(): number;
      nowFormatted(format: string, timezone?: string): string;
      parseFormattedToEpochMilliSeconds(text: string, format: string, timezone?: string): number;
      parseISO8601ToEpochMilliSeconds(text: string): number;
      epochMilliSecondsToSeconds(milliseconds: number): number;
      epochMilliSecondsToISO8601(milliseconds: number): string;
      epochMilliSecondsToFormatted(milliseconds: number, format: string, timezone?: string): string;
    };
    dynamodb: {
      toDynamoDB(value: any): any;
      toString(value: any): any;
      toStringSet(values: any): any;
      toNumber(value: any): any;
      toNumberSet(values: any): any;
      toBinary(value: any): any;
      toBinarySet(values: any): any;
      toBoolean(value: any): any;
      toNull(): any;
      toList(values: any): any;
      toMap(value: any): any;
      toMapValues(value: any): any;
      toS3Object(key: string, bucket: string, region: string, version?: string): any;
      fromS3ObjectJson(json: string): any;
    };
    transform: {
      toDynamoDBFilterExpression(filter: any): string;
      toDynamoDBConditionExpression(condition: any): string;
      toElasticsearchQueryDSL(query: any): string;
      toSubscriptionFilter(filter: any, ignored?: any, rules?: any): any;
    };
    http: {
      copyHeaders(headers: any): any;
      addResponseHeader(name: string, value: any): void;
      addResponseHeaders(headers: any): void;
    };
    xml: { toMap(xml: string): any; toJsonString(xml: string): string };
    math: {
      roundNum(value: number): number;
      minVal(one: number, other: number): number;
      maxVal(one: number, other: number): number;
      randomDouble(): number;
      randomWithinRange(from: number, to: number): number;
    };
    str: { normalize(text: string, form: string): string };
    rds: { toJsonObject(result: string): any };
  };
  export const runtime: { earlyReturn(value?: any, options?: { skipTo: 'END' | 'NEXT' }): never };
  export const extensions: {
    setSubscriptionFilter(filter: any): void;
    setSubscriptionInvalidationFilter(filter: any): void;
    invalidateSubscriptions(invalidation: any): void;
    evictFromApiCache(typeName: string, fieldName: string, keys: any): void;
  };
}

declare module '@aws-appsync/utils/dynamodb' {
  // The service's typings have no `sync`.
  export function get(input: any): any;
  export function put(input: any): any;
  export function update(input: any): any;
  export function remove(input: any): any;
  export function query(input: any): any;
  export function scan(input: any): any;
  export function batchGet(input: any): any;
  export function batchPut(input: any): any;
  export function batchDelete(input: any): any;
  export function transactGet(input: any): any;
  export function transactWrite(input: any): any;
  export function toStringSet(values: any): any;
  export function toNumberSet(values: any): any;
  export function toBinarySet(values: any): any;
  export const operations: {
    add(value: any): any;
    remove(): any;
    replace(value: any): any;
    increment(by?: number): any;
    decrement(by?: number): any;
    append(items: any): any;
    prepend(items: any): any;
    updateListItem(item: any, index: number): any;
  };
}

declare module '@aws-appsync/utils/rds' {
  const rds: any;
  export = rds;
}

declare module '@aws-appsync/utils/ai' {
  export function invokeModel(payload: any): any;
  export function converse(payload: any): any;
}
