import { randomBytes } from 'node:crypto';
import { EngineClient } from './engineClient.ts';
import { type Rest, sweepExpired } from './expiry.ts';
import { endLog } from './logFile.ts';
import { ensureTables, type Ensured } from './keptTables.ts';
import { createTables, type EngineStream } from './tables.ts';
import type { TableModel } from '../model.ts';

export const engineRegion = 'us-east-1';

/** One database of the engine: tables that no other database sees. */
export interface DynamoDatabase {
  /** For SDK clients that go to the engine directly. */
  clientConfig: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  client: EngineClient;
  createTables(tables: TableModel[]): Promise<EngineStream[]>;
  /** As `createTables`, of a database that may hold tables of an earlier run, whose streams are `known`. */
  ensureTables(tables: TableModel[], known: readonly EngineStream[]): Promise<Ensured>;
  sweepExpired(tables: TableModel[], nowSeconds?: number, rest?: Rest): Promise<number>;
  /** Lets the log of its file end, by way of one of its tables. */
  endLog(table: TableModel): Promise<void>;
  close(): void;
}

/** The name of a database, which nobody guesses. */
export const newAccessKey = (): string => `KEY${randomBytes(16).toString('hex').toUpperCase()}`;

/**
 * Opens a database of the engine at `endpoint`: a new, empty one, or that of an access key.
 *
 * @param mostCalls at once; more wait
 */
export function openDatabase(endpoint: string, accessKeyId = newAccessKey(), mostCalls?: number): DynamoDatabase {
  const client = new EngineClient(endpoint, accessKeyId, engineRegion, mostCalls);
  return {
    clientConfig: { endpoint, region: engineRegion, credentials: { accessKeyId, secretAccessKey: 'none' } },
    client,
    createTables: (tables) => createTables(client, tables),
    ensureTables: (tables, known) => ensureTables(client, tables, known),
    endLog: (table) => endLog(client, table),
    sweepExpired: (tables, nowSeconds, rest) => sweepExpired(client, tables, nowSeconds, rest),
    close: () => client.close(),
  };
}
