import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_REGION } from './database.ts';

const PAGE = 4096;
const FORMAT = 'SQLite format 3\0';
/** Both the reader's and the writer's version of the file: with a write-ahead log. */
const WITH_LOG = 2;
const LEAF_OF_TABLE = 0x0d;

/**
 * Makes the engine's file of a database, empty, if there is none. The engine would make one whose every commit is written
 * three times and synchronized as often; a file that says it has a write-ahead log is written once, and as safe.
 */
export function prepareDatabaseFile(dir: string, accessKeyId: string): void {
  const file = join(dir, `${accessKeyId}_${ENGINE_REGION}.db`);
  if (!existsSync(file)) writeFileSync(file, emptyDatabase(), { mode: 0o600 });
}

/** SQLite's header (https://www.sqlite.org/fileformat.html) and an empty table of tables. */
function emptyDatabase(): Buffer {
  const page = Buffer.alloc(PAGE);
  page.write(FORMAT, 0, 'latin1');
  page.writeUInt16BE(PAGE, 16);
  page.set([WITH_LOG, WITH_LOG], 18);
  // Payload fractions, which the format fixes.
  page.set([64, 32, 32], 21);
  const [changes, pages, schemaFormat, utf8] = [1, 1, 4, 1];
  page.writeUInt32BE(changes, 24);
  page.writeUInt32BE(pages, 28);
  page.writeUInt32BE(schemaFormat, 44);
  page.writeUInt32BE(utf8, 56);
  page.writeUInt32BE(changes, 92);
  page[100] = LEAF_OF_TABLE;
  page.writeUInt16BE(PAGE, 105);
  return page;
}
