import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineRegion } from './database.ts';

const pageBytes = 4096;
const fileFormat = 'SQLite format 3\0';
/** Both the reader's and the writer's version of the file: with a write-ahead log. */
const withLog = 2;
const leafOfTable = 0x0d;

/**
 * Makes the engine's file of a database, empty, if there is none. The engine would make one whose every commit is
 * written three times and synchronized as often; a file that says it has a write-ahead log is written once, and as
 * safe.
 */
export function prepareDatabaseFile(dir: string, accessKeyId: string): void {
  const file = join(dir, `${accessKeyId}_${engineRegion}.db`);
  if (!existsSync(file)) writeFileSync(file, emptyDatabase(), { mode: 0o600 });
}

/** SQLite's header (https://www.sqlite.org/fileformat.html) and an empty table of tables. */
function emptyDatabase(): Buffer {
  const page = Buffer.alloc(pageBytes);
  page.write(fileFormat, 0, 'latin1');
  page.writeUInt16BE(pageBytes, 16);
  page.set([withLog, withLog], 18);
  // Payload fractions, which the format fixes.
  page.set([64, 32, 32], 21);
  const [changes, pages, schemaFormat, utf8] = [1, 1, 4, 1];
  page.writeUInt32BE(changes, 24);
  page.writeUInt32BE(pages, 28);
  page.writeUInt32BE(schemaFormat, 44);
  page.writeUInt32BE(utf8, 56);
  page.writeUInt32BE(changes, 92);
  page[100] = leafOfTable;
  page.writeUInt16BE(pageBytes, 105);
  return page;
}
