import type { GatewayCall } from 'appsync-local/parts';
import type { LambdaEvent } from 'appsync-local/parts';
import type { TableModel } from 'appsync-local/parts';
import type { Stack } from '../../local/stack.ts';
import type { RawItem } from './itemSize.ts';
import { type Change, transactionUnits } from './transactionUnits.ts';

/** What was used between two looks at the meter. */
export interface Usage {
  /** Units by place: `user` is a table, `user/byEmail` an index. */
  reads: Map<string, number>;
  writes: Map<string, number>;
  /** Units read, by the role that reads: `execute`, `HistoryDataSource` … */
  readers: Map<string, number>;
  /** Requests to SQS by operation; of the receives only those that brought something. */
  sqs: Map<string, number>;
  /** Requests to KMS by operation. */
  kms: Map<string, number>;
  /** Invocations by function. */
  invocations: Map<string, number>;
  /** Calls that AppSync's resolvers made to tables, queues and functions. */
  dataSourceCalls: number;
}

interface Capacity {
  TableName: string;
  Table?: { CapacityUnits: number };
  GlobalSecondaryIndexes?: Record<string, { CapacityUnits: number }>;
}

const reading = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems']);

export const totalOf = (counts: Map<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

const nothing = (): Usage => ({
  reads: new Map(),
  writes: new Map(),
  readers: new Map(),
  sqs: new Map(),
  kms: new Map(),
  invocations: new Map(),
  dataSourceCalls: 0,
});

const add = (counts: Map<string, number>, key: string, count = 1): void =>
  void counts.set(key, (counts.get(key) ?? 0) + count);

/**
 * Reads off what a stack uses: units as the engine reports them (the stack must be started with `measure: 'INDEXES'`),
 * but for transactions, which the engine miscounts: theirs are computed from the items before and after.
 */
export class Meter {
  #usage = nothing();
  /** A call or an invocation that failed: what was used is then not what is to be measured. */
  #problem: Error | undefined;
  readonly #stack: Stack;
  readonly #tables: Map<string, TableModel>;
  readonly #dataSources: Set<string>;
  readonly #before = new Map<number, (RawItem | undefined)[]>();

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#tables = new Map(stack.model.tables.map((table) => [table.name, table]));
    const roles = new Map(stack.model.roles.map(({ arn, name }) => [arn, name]));
    this.#dataSources = new Set(
      stack.model.api.dataSources.flatMap((source) =>
        'roleArn' in source ? (roles.get(source.roleArn ?? '') ?? []) : [],
      ),
    );
    stack.gateway.onCall((call) => this.#see(call));
  }

  /** For the stack's `onLambdaEvent`. */
  readonly hear = (event: LambdaEvent): void => {
    if (event.kind !== 'invoked') return;
    if (event.outcome !== 'ok') this.#problem ??= new Error(`${event.functionName}: ${event.outcome}`);
    add(this.#usage.invocations, this.#bare(event.functionName));
  };

  /** What was used since the last time; waits until everything has come to rest. */
  async take(): Promise<Usage> {
    await this.#stack.mappings.idle();
    if (this.#problem) throw this.#problem;
    const usage = this.#usage;
    this.#usage = nothing();
    return usage;
  }

  async #see(call: GatewayCall): Promise<void> {
    const { phase, operation, service, input, response } = call;
    if (service === 'dynamodb' && operation === 'TransactWriteItems' && phase === 'before')
      this.#before.set(call.id, await this.#itemsOf(input));
    if (phase === 'before') return;
    if (this.#dataSources.has(call.caller)) this.#usage.dataSourceCalls += 1;
    if (isRefusedWrite(response?.body)) add(this.#usage.writes, this.#bare(String(input['TableName'])));
    else if (response?.status !== 200)
      this.#problem ??= new Error(`${call.caller}: ${operation} was answered ${JSON.stringify(response?.body)}`);
    else if (service === 'kms') add(this.#usage.kms, operation);
    else if (service === 'sqs') this.#countSqs(operation, response.body);
    else if (operation === 'TransactWriteItems') await this.#countTransaction(call);
    else this.#countUnits(operation, response.body, call.caller);
  }

  #countSqs(operation: string, answer: Record<string, unknown>): void {
    const idle =
      operation === 'GetQueueAttributes' || (operation === 'ReceiveMessage' && !Array.isArray(answer['Messages']));
    if (!idle) add(this.#usage.sqs, operation);
  }

  #countUnits(operation: string, answer: Record<string, unknown>, caller: string): void {
    const reads = reading.has(operation);
    const units = reads ? this.#usage.reads : this.#usage.writes;
    const count = (place: string, consumed: number) => {
      add(units, place, consumed);
      if (reads) add(this.#usage.readers, caller.split('-').at(-1)!, consumed);
    };
    for (const capacity of [answer['ConsumedCapacity'] ?? []].flat() as Capacity[]) {
      const table = this.#bare(capacity.TableName);
      if (capacity.Table?.CapacityUnits) count(table, capacity.Table.CapacityUnits);
      for (const [index, { CapacityUnits }] of Object.entries(capacity.GlobalSecondaryIndexes ?? {}))
        count(`${table}/${index}`, CapacityUnits);
    }
  }

  async #countTransaction({ id, input }: GatewayCall): Promise<void> {
    const before = this.#before.get(id) ?? [];
    this.#before.delete(id);
    const after = await this.#itemsOf(input);
    for (const [position, [, { TableName }]] of partsOf(input).entries()) {
      const table = this.#tables.get(TableName);
      if (!table) throw new Error(`${TableName} is not a table of the template`);
      const change: Change = { table, before: before[position], after: after[position] };
      for (const [place, units] of transactionUnits(change)) add(this.#usage.writes, this.#bare(place), units);
    }
  }

  /** The items that a transaction is about, as they are now. */
  async #itemsOf(input: Record<string, unknown>): Promise<(RawItem | undefined)[]> {
    return Promise.all(
      partsOf(input).map(async ([, { TableName, Key, Item }]) => {
        const { KeySchema } = this.#tables.get(TableName)!.createTable as { KeySchema: { AttributeName: string }[] };
        const key =
          Key ?? Object.fromEntries(KeySchema.map(({ AttributeName }) => [AttributeName, Item![AttributeName]]));
        const found = await this.#stack.database.client.call<{ Item?: RawItem }>('GetItem', {
          TableName,
          Key: key,
          ConsistentRead: true,
        });
        return found.Item;
      }),
    );
  }

  #bare(name: string): string {
    return name.replace(`${this.#stack.model.stackName}-`, '');
  }
}

/** A write whose condition did not hold is paid for like one that was made; none here is about more than a KB. */
const isRefusedWrite = (answer: Record<string, unknown> | undefined): boolean =>
  String(answer?.['__type']).endsWith('ConditionalCheckFailedException');

interface Part {
  TableName: string;
  Key?: RawItem;
  Item?: RawItem;
}

/** The parts of a transaction: what is done, and to what. */
const partsOf = (input: Record<string, unknown>): [string, Part][] =>
  (input['TransactItems'] as Record<string, Part>[]).flatMap((item) => Object.entries(item));
