import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startDynamoDb } from '../../src/engines/dynamodb.ts';
import { table } from './gatewayFixture.ts';
import type { DynamoDbEngine } from '../../src/engines/dynamodb.ts';

let engine: DynamoDbEngine;

beforeAll(async () => {
  engine = await startDynamoDb();
});
afterAll(() => engine?.stop());

/** Addresses by which others reach this machine; on Linux another of its own too, so that there is always one. */
const otherAddresses = [
  ...Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address),
  ),
  ...(process.platform === 'linux' ? ['127.0.0.2'] : []),
];

const answersAt = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

describe('DynamoDB Local', () => {
  it('answers on loopback, and nowhere else: whoever reaches it is its administrator', async () => {
    const port = Number(new URL(engine.endpoint).port);
    expect(await answersAt('127.0.0.1', port)).toBe(true);
    for (const host of otherAddresses) expect([host, await answersAt(host, port)]).toEqual([host, false]);
  });

  it("keeps databases apart: none sees another's tables", async () => {
    const [one, other] = [engine.newDatabase(), engine.newDatabase()];
    await one.createTables([table('things')]);
    expect(await one.client.call('ListTables', {})).toEqual({ TableNames: ['things'] });
    expect(await other.client.call('ListTables', {})).toEqual({ TableNames: [] });
    one.close();
    other.close();
  });

  it('deletes all that has expired, page by page, and nothing else', async () => {
    const database = engine.newDatabase();
    const tables = [{ ...table('things'), ttlAttribute: 'expiresAt' }, table('others')];
    await database.createTables(tables);
    // More than a page of a scan holds (1 MB).
    const padding = { S: 'x'.repeat(40_000) };
    const put = (TableName: string, id: string, expiresAt?: number) =>
      database.client.call('PutItem', {
        TableName,
        Item: { id: { S: id }, padding, ...(expiresAt === undefined ? {} : { expiresAt: { N: String(expiresAt) } }) },
      });
    for (let index = 0; index < 60; index++) await put('things', `old-${index}`, 1_000);
    await put('things', 'later', 3_000);
    await put('things', 'never');
    await put('others', 'no-ttl', 1_000);
    expect(await database.sweepExpired(tables, 2_000)).toBe(60);
    const { Items } = await database.client.call<{ Items: { id: { S: string } }[] }>('Scan', {
      TableName: 'things',
      ProjectionExpression: 'id',
    });
    expect(Items.map(({ id }) => id.S).sort()).toEqual(['later', 'never']);
    expect(await database.client.call('Scan', { TableName: 'others', Select: 'COUNT' })).toMatchObject({ Count: 1 });
    database.close();
  });

  it('is taken from DYNAMODB_LOCAL_ENDPOINT where one runs already', async () => {
    try {
      vi.stubEnv('DYNAMODB_LOCAL_ENDPOINT', engine.endpoint);
      const external = await startDynamoDb();
      await external.stop();
      const database = external.newDatabase();
      await database.createTables([table('things')]);
      expect(await database.client.call('ListTables', {})).toEqual({ TableNames: ['things'] });
      database.close();
      vi.stubEnv('DYNAMODB_LOCAL_ENDPOINT', 'http://127.0.0.1:1');
      await expect(startDynamoDb()).rejects.toThrow(
        'DYNAMODB_LOCAL_ENDPOINT: no DynamoDB Local answers at http://127.0.0.1:1',
      );
      vi.stubEnv('DYNAMODB_LOCAL_ENDPOINT', '8000');
      await expect(startDynamoDb()).rejects.toThrow(
        'DYNAMODB_LOCAL_ENDPOINT: 8000 is not an address like http://127.0.0.1:8000',
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
