import { describe, expect, it } from 'vitest';
import { type DataSources, logged, resolve } from './harness.ts';

const recoveryId = '7f6c0f8e-5a0c-4b6e-9d1f-0a4b8f1f2c3d';
const queued = { result: { statusCode: 200, headers: {}, body: '{"MessageId":"m1"}' } };
const ledger = {
  recoveryId,
  item: 'ledger',
  status: 'RUNNING',
  discovered: 5,
  rebuilt: 0,
  changed: 0,
  failed: 0,
  startedAt: '2026-01-01T00:00:01.000Z',
  updatedAt: '2026-01-01T00:00:02.000Z',
  timestamp: '2026-01-01T00:00:00.000Z',
};
const conditionFailed = { message: 'The conditional request failed', type: 'DynamoDB:ConditionalCheckFailedException' };

describe('recoverFrom', () => {
  const recover = (put: (request: any) => ReturnType<DataSources>, queue: ReturnType<DataSources> = queued) =>
    resolve('Mutation', 'recoverFrom', {
      args: { timestamp: '2026-01-01T02:00:00+02:00' },
      dataSources: (name, request) => (name === 'Sqs' ? queue : put(request)),
    });
  const written = () => ({ result: {} });

  it("takes the client's key for its id, so that a repeated call meets the recovery that the first began", () => {
    const repeated = (commandId: string | null) =>
      resolve('Mutation', 'recoverFrom', {
        args: { timestamp: '2026-01-01T02:00:00+02:00', commandId },
        dataSources: (name) => (name === 'Sqs' ? queued : { result: ledger, error: conditionFailed }),
      });
    const { value, requests } = repeated(recoveryId.toUpperCase());
    expect(JSON.parse(requests[0]?.request.params.body.MessageBody)).toMatchObject({ recoveryId });
    expect(value).toMatchObject({ recoveryId, discovered: 5 });
    expect(repeated(null).requests).toHaveLength(2);
    expect(repeated('no uuid').error?.message).toContain('commandId');
    expect(repeated('no uuid').requests).toEqual([]);
  });

  it('tells the recovery function, and then records the recovery', () => {
    const { value, requests } = recover(written);
    expect(value).toMatchObject({
      status: 'RUNNING',
      timestamp: '2026-01-01T00:00:00.000Z',
      discovered: 0,
      rebuilt: 0,
      changed: 0,
      failed: 0,
      actor: 'admin:auth0|root',
    });
    expect(value.recoveryId).toMatch(/^[0-9a-f-]{36}$/);
    const [message, row] = requests;
    expect(message?.request.params.body.QueueUrl).toBe('https://sqs.example/1/stack-recoveryQueue');
    expect(JSON.parse(message?.request.params.body.MessageBody)).toEqual({
      kind: 'start',
      recoveryId: value.recoveryId,
      timestamp: '2026-01-01T00:00:00.000Z',
      actor: 'admin:auth0|root',
    });
    expect(row).toMatchObject({
      dataSource: 'Recovery',
      request: {
        operation: 'PutItem',
        key: { recoveryId: { S: value.recoveryId }, item: { S: 'ledger' } },
        attributeValues: {
          status: { S: 'RUNNING' },
          timestamp: { S: '2026-01-01T00:00:00.000Z' },
          discovered: { N: 0 },
          startedAt: { S: value.startedAt },
        },
        condition: { expression: 'attribute_not_exists(#item)' },
      },
    });
    expect(row?.request.attributeValues).not.toHaveProperty('recoveryId');
  });

  it.each(['9999-12-31T23:59:59.9999999-05:00', '0000-01-01T00:00:00+18:00', '2026-02-29T00:00Z'])(
    'is not asked to recover from %s, which could not be shown',
    (timestamp) => {
      expect(resolve('Mutation', 'recoverFrom', { args: { timestamp } })).toMatchObject({
        requests: [],
        error: { type: 'INVALID', info: { field: 'timestamp' } },
      });
    },
  );

  it("answers with the function's row if that was faster", () => {
    expect(recover(() => ({ result: ledger, error: conditionFailed })).value).toMatchObject({ discovered: 5 });
  });

  it('has started even if its row cannot be written: its function writes it', () => {
    const { kind, value } = recover(() => ({
      result: null,
      error: { message: 'slow down', type: 'DynamoDB:ThrottlingException' },
    }));
    expect({ kind, status: value.status }).toEqual({ kind: 'value', status: 'RUNNING' });
    expect(logged.at(-1)).toContain('ThrottlingException');
  });

  it('has not started if its function cannot be told', () => {
    const { error, requests } = recover(written, { result: { statusCode: 500, headers: {}, body: '' } });
    expect(error).toMatchObject({
      type: 'QUEUE_UNAVAILABLE',
      message: expect.stringMatching(/^The recovery could not be started; try again with commandId [0-9a-f-]{36}$/),
    });
    expect(requests).toHaveLength(1);
  });
});

describe('cancelRecovery', () => {
  const cancel = (answer: ReturnType<DataSources>) =>
    resolve('Mutation', 'cancelRecovery', { args: { recoveryId }, dataSources: () => answer });

  it('ends one that runs', () => {
    const { value, requests } = cancel({ result: { ...ledger, status: 'CANCELLED' } });
    expect(value).toMatchObject({ recoveryId, status: 'CANCELLED' });
    expect(requests[0]?.request).toMatchObject({
      operation: 'UpdateItem',
      key: { recoveryId: { S: recoveryId }, item: { S: 'ledger' } },
      update: { expressionValues: { ':cancelled': { S: 'CANCELLED' } } },
      condition: {
        expression: '#status = :running',
        expressionNames: { '#status': 'status' },
        expressionValues: { ':running': { S: 'RUNNING' } },
      },
    });
  });

  it('leaves one that has ended as it is', () => {
    expect(cancel({ result: { ...ledger, status: 'COMPLETED' }, error: conditionFailed }).value).toMatchObject({
      status: 'COMPLETED',
    });
  });

  it('finds none', () => {
    expect(cancel({ result: null, error: conditionFailed }).error).toMatchObject({
      type: 'NOT_FOUND',
      info: { field: 'recoveryId' },
    });
  });

  it('says when it could not', () => {
    expect(cancel({ result: null, error: { message: 'x', type: 'DynamoDB:ThrottlingException' } }).error).toMatchObject(
      { type: 'WRITE_UNAVAILABLE' },
    );
  });

  it('takes a UUID only', () => {
    expect(resolve('Mutation', 'cancelRecovery', { args: { recoveryId: 'x' } })).toMatchObject({
      requests: [],
      error: { type: 'INVALID' },
    });
  });
});

describe('recovery and recoveries', () => {
  it('read the row, consistently', () => {
    const { value, requests } = resolve('Query', 'recovery', {
      args: { recoveryId },
      dataSources: () => ({ result: ledger }),
    });
    expect(value).toMatchObject({ recoveryId, status: 'RUNNING' });
    expect(requests[0]?.request).toEqual({
      operation: 'GetItem',
      key: { recoveryId: { S: recoveryId }, item: { S: 'ledger' } },
      consistentRead: true,
    });
    expect(resolve('Query', 'recovery', { args: { recoveryId }, dataSources: () => ({ result: null }) })).toMatchObject(
      { kind: 'value', value: null },
    );
  });

  it('list the latest first', () => {
    const { value, requests } = resolve('Query', 'recoveries', {
      args: { limit: 5 },
      dataSources: () => ({ result: { items: [ledger], nextToken: 'more' } }),
    });
    expect(value).toMatchObject({ items: [{ recoveryId }], nextToken: 'more' });
    expect(requests[0]?.request).toMatchObject({
      operation: 'Query',
      index: 'byStart',
      scanIndexForward: false,
      limit: 5,
      query: { expressionValues: { ':item': { S: 'ledger' } } },
    });
  });
});
