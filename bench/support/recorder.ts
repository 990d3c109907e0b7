import type { GatewayCall } from 'appsync-local/parts';
import type { Stack } from '../../local/stack.ts';

/** A call to the engine as it went over the wire. */
export interface RecordedCall {
  operation: string;
  body: string;
}

/** Writes down every call of DynamoDB that the functions of the write path make. */
export const recordEvery = (stack: Stack): { take(): RecordedCall[] } => {
  let calls: RecordedCall[] = [];
  const functions = ['command', 'mediator', 'execute'].map((name) => roleOf(stack, name));
  stack.gateway.onCall(({ phase, caller, service, operation, input }) => {
    if (phase === 'before' && service === 'dynamodb' && functions.includes(caller) && operation !== 'GetRecords')
      calls.push({ operation, body: JSON.stringify(input) });
  });
  return {
    take() {
      const taken = calls;
      calls = [];
      return taken;
    },
  };
};

const appends = new Set(['PutItem', 'TransactWriteItems']);
const projections = new Set(['PutItem', 'UpdateItem']);

/**
 * Writes down what the write path asks of the engine, and no more: for each command the look for its outcome, the load
 * of its stream if it loads it, the append and the view's write. Left out is what only this system wants besides:
 * whether references exist, and what rows look like with all that they refer to.
 */
export class Recorder {
  #calls: RecordedCall[] = [];
  #shown = new Set<unknown>();
  #waiting: (() => void) | undefined;

  constructor(stack: Stack) {
    const [command, execute] = [roleOf(stack, 'command'), roleOf(stack, 'execute')];
    const outcomes = stack.outputs.Tables['commandOutcome'];
    stack.gateway.onCall(({ phase, caller, service, operation, input, response }: GatewayCall) => {
      if (service !== 'dynamodb') return;
      const wanted =
        caller === command
          ? appends.has(operation) ||
            (operation === 'GetItem' && input['TableName'] === outcomes) ||
            (operation === 'Query' && this.#isOwnStream(input))
          : caller === execute && projections.has(operation);
      if (!wanted) return;
      if (phase === 'before') this.#calls.push({ operation, body: JSON.stringify(input) });
      else if (caller === execute && response?.status === 200) this.#show(input);
    });
  }

  /** Begins anew. */
  reset(): void {
    this.#calls = [];
    this.#shown = new Set();
  }

  /** Resolves once this many rows were written. */
  async rows(count: number): Promise<void> {
    while (this.#shown.size < count) await new Promise<void>((resolve) => (this.#waiting = resolve));
  }

  get calls(): RecordedCall[] {
    return this.#calls;
  }

  #show(input: Record<string, unknown>): void {
    const { id } = (input['Item'] ?? input['Key']) as { id: { S: string } };
    this.#shown.add(`${String(input['TableName'])} ${id.S}`);
    this.#waiting?.();
  }

  /** Users refer to roles and groups; what they refer to is loaded in the same way. */
  #isOwnStream({ ExpressionAttributeValues: values }: Record<string, unknown>): boolean {
    return (values as { ':streamId'?: { S: string } })[':streamId']?.S.startsWith('user#') === true;
  }
}

/** The name of a function's role. */
const roleOf = ({ model }: Stack, name: string): string => {
  const arn = model.functions.find((each) => each.name.endsWith(`-${name}`))?.roleArn;
  return model.roles.find((role) => role.arn === arn)!.name;
};
