/** The data source AWS_LAMBDA. */
import type { FunctionInvoker, InvokeResult } from '../../model.ts';
import { RequestObjectError } from '../execution/errors.ts';
import type { CallSite, DataSource, DataSourceOutcome } from './dataSource.ts';
import { objectAt, optional } from './requestObject.ts';

export interface LambdaDataSourceOptions {
  functionArn: string;
  roleArn: string;
  /** Whether the data source's role may invoke the function. */
  isAllowed: () => boolean;
  invoker: FunctionInvoker;
  log?: (line: string) => void;
}

interface Waiting {
  payload: unknown;
  resolve(outcome: DataSourceOutcome): void;
}

export function createLambdaDataSource({
  functionArn,
  roleArn,
  isAllowed,
  invoker,
  log,
}: LambdaDataSourceOptions): DataSource {
  /** Payloads of one owner that were asked for at the same moment. */
  const batches = new Map<string, Waiting[]>();

  async function invokeBatch(batch: Waiting[]): Promise<void> {
    const answer = await invoker.invoke(
      functionArn,
      batch.map(({ payload }) => payload),
    );
    const outcome = outcomeOf(answer);
    const results = outcome.result;
    batch.forEach(({ resolve }, index) => {
      if (outcome.error) resolve(outcome);
      else if (!Array.isArray(results) || results.length !== batch.length)
        resolve({
          result: null,
          error: {
            type: 'Lambda:IllegalArgument',
            message: `The function must answer a batch of ${batch.length} with a list of as many results.`,
          },
        });
      else resolve({ result: (results as unknown[])[index] ?? null });
    });
  }

  function enqueue(payload: unknown, { owner, maxBatchSize }: CallSite): Promise<DataSourceOutcome> {
    if (!maxBatchSize) throw new RequestObjectError('BatchInvoke requires a MaxBatchSize on the resolver or function.');
    return new Promise((resolve, reject) => {
      const batch = batches.get(owner) ?? [];
      batch.push({ payload, resolve });
      if (batch.length > 1) return;
      batches.set(owner, batch);
      setImmediate(() => {
        batches.delete(owner);
        for (let start = 0; start < batch.length; start += maxBatchSize)
          invokeBatch(batch.slice(start, start + maxBatchSize)).catch(reject);
      });
    });
  }

  return {
    async call(request, site) {
      const object = objectAt(request, '$', ['version', 'operation', 'invocationType', 'payload']);
      const operation = optional(object, 'operation', 'string');
      const type = optional(object, 'invocationType', 'string') ?? 'RequestResponse';
      if (operation !== 'Invoke' && operation !== 'BatchInvoke')
        throw new RequestObjectError(`Unsupported operation '${operation ?? ''}'.`);
      if (type !== 'RequestResponse' && type !== 'Event')
        throw new RequestObjectError(`Unsupported value for '$[invocationType]': ${type}.`);
      if (!isAllowed()) {
        const message = `User: ${roleArn} is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn} because no identity-based policy allows the lambda:InvokeFunction action (Service: Lambda, Status Code: 403)`;
        return { result: null, error: { type: 'Lambda:LambdaException', message } };
      }
      const payload = object.payload ?? null;
      if (operation === 'BatchInvoke') return enqueue(payload, site);
      if (type === 'RequestResponse') return outcomeOf(await invoker.invoke(functionArn, payload));
      invoker.invoke(functionArn, payload, { waitForSlot: true }).then(
        (answer) => answer.ok || log?.(`${functionArn}: ${answer.errorType}: ${answer.errorMessage}`),
        (error: Error) => log?.(`${functionArn}: ${error.message}`),
      );
      return { result: null, skipResponse: true };
    },
  };
}

function outcomeOf(answer: InvokeResult): DataSourceOutcome {
  if (answer.ok) return { result: answer.payload ?? null };
  const type = answer.errorType === 'TooManyRequests' ? 'Lambda:TooManyRequestsException' : 'Lambda:Unhandled';
  return { result: null, error: { type, message: answer.errorMessage } };
}
