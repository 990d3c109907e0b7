/**
 * `npm run compatibility`: ends with 1 if the schema or the stored events changed so that others break, and the changelog does
 * not say so. `-- --release` makes what is now the release that later changes are compared with.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { aggregates } from '../domain/operations.ts';
import { breaksOfEvents, breaksOfSchema, type EventShapes, unannounced } from './compatibility.ts';

const fileAt = (path: string) => new URL(path, import.meta.url);
const read = (path: string) => readFileSync(fileAt(path), 'utf8');

const shapes: EventShapes = Object.fromEntries(
  Object.values(aggregates).flatMap(({ events }) =>
    Object.entries(events).map(([type, { payload }]) => [
      type,
      Object.fromEntries(
        Object.entries(payload).map(([name, { kind, nullable }]) => [name, nullable ? `${kind}?` : kind]),
      ),
    ]),
  ),
);

if (process.argv.includes('--help')) {
  console.log('Usage: npm run compatibility [-- --release]');
} else if (process.argv.includes('--release')) {
  writeFileSync(fileAt('schema.graphql'), read('../schema.graphql'));
  writeFileSync(fileAt('events.json'), `${JSON.stringify(shapes, null, 2)}\n`);
  console.log('released/ now holds the schema and the shapes of events as they are.');
} else {
  const breaks = [
    ...breaksOfSchema(read('schema.graphql'), read('../schema.graphql'), read('../infra/api/graphql/appsync.graphql')),
    ...breaksOfEvents(JSON.parse(read('events.json')) as EventShapes, shapes),
  ];
  const silent = unannounced(breaks, read('../CHANGELOG.md'));
  for (const each of silent) console.error(`Breaking, and not in CHANGELOG.md under "Unreleased", "Breaking": ${each}`);
  console.log(
    `${breaks.length} breaking changes since the last release, ${breaks.length - silent.length} of them announced`,
  );
  process.exitCode = silent.length > 0 ? 1 : 0;
}
