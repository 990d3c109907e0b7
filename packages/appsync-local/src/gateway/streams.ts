import { streamOfIterator } from './permissions.ts';
import type { EngineStream } from '../engines/tables.ts';
import type { TableModel } from '../model.ts';

type Body = Record<string, unknown>;

/** The operations whose requests or answers carry ARNs; all others pass untouched. */
const withArns = new Set([
  'ListStreams',
  'DescribeStream',
  'GetShardIterator',
  'GetRecords',
  'CreateTable',
  'UpdateTable',
  'DeleteTable',
  'DescribeTable',
  'ListTagsOfResource',
  'TagResource',
  'UntagResource',
]);

/**
 * Translates between the template's ARNs and the engine's: the engine has a region of its own and puts a date into a
 * stream's ARN. It also hides the records that the engine set up a stream with (see `createTables`), and writes empty
 * maps in records as DynamoDB does.
 */
export class StreamTranslator {
  readonly #streams: { arn: string; engineArn: string; startAfter: string }[];
  readonly #prefix: string;

  constructor(
    tables: TableModel[],
    streams: EngineStream[],
    readonly region: string,
    accountId: string,
  ) {
    this.#prefix = `arn:aws:dynamodb:${region}:${accountId}:`;
    this.#streams = streams.map(({ tableName, engineArn, startAfter }) => {
      const arn = tables.find((table) => table.name === tableName)?.streamArn;
      if (arn === undefined) throw new Error(`the template gives ${tableName} no stream`);
      return { arn, engineArn, startAfter };
    });
  }

  concerns(operation: string): boolean {
    return withArns.has(operation);
  }

  request(operation: string, input: Body): Body {
    const stream = this.#streams.find(
      ({ arn }) => arn === input['StreamArn'] || arn === streamOfIterator(String(input['ShardIterator'])),
    );
    if (stream && operation === 'GetShardIterator') {
      const position =
        input['ShardIteratorType'] === 'TRIM_HORIZON'
          ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: stream.startAfter }
          : {};
      return { ...input, StreamArn: stream.engineArn, ...position };
    }
    if (stream && input['ShardIterator'] !== undefined) {
      return { ...input, ShardIterator: String(input['ShardIterator']).replace(stream.arn, stream.engineArn) };
    }
    if (stream) return { ...input, StreamArn: stream.engineArn };
    if (input['ResourceArn'] === undefined) return input;
    return {
      ...input,
      ResourceArn: String(input['ResourceArn']).replace(this.#prefix, 'arn:aws:dynamodb:ddblocal:000000000000:'),
    };
  }

  response(operation: string, body: string): string {
    if (operation !== 'GetRecords') return this.#translate(body);
    // Records hold the application's own data: only what the engine itself says is translated.
    const answer = JSON.parse(body) as { Records?: Body[]; NextShardIterator?: string };
    for (const record of answer.Records ?? []) {
      record['awsRegion'] = this.region;
      const change = (record['dynamodb'] ?? {}) as Body;
      for (const image of ['NewImage', 'OldImage'])
        if (change[image] !== undefined) change[image] = withEmptyMaps(change[image] as Body);
    }
    if (answer.NextShardIterator !== undefined) answer.NextShardIterator = this.#translate(answer.NextShardIterator);
    return JSON.stringify(answer);
  }

  #translate(text: string): string {
    const withStreams = this.#streams.reduce((result, { arn, engineArn }) => result.replaceAll(engineArn, arn), text);
    return withStreams.replaceAll(/arn:aws:dynamodb:ddblocal:\d*:/g, this.#prefix);
  }
}

/** The engine's streams write an empty map, and nothing else, as `{}` instead of `{"M":{}}`. */
function withEmptyMaps(attributes: Body): Body {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, mended(value as Body)]));
}

function mended(value: Body): Body {
  if (value['M'] !== undefined) return { M: withEmptyMaps(value['M'] as Body) };
  if (value['L'] !== undefined) return { L: (value['L'] as Body[]).map(mended) };
  return Object.keys(value).length === 0 ? { M: {} } : value;
}
