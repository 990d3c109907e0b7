/**
 * Creates a group, changes it, tries what is refused, and prints what it hears, with the client of your choice:
 *
 *   TOKEN=$(npm run --silent token -- admin) node --import tsx examples/run.ts plain|amplify|apollo [outputs.json]
 */
import './localWebSocket.ts';
import { readFileSync } from 'node:fs';
import { amplifyTransport } from './amplify.ts';
import { apolloTransport } from './apollo.ts';
import { plainTransport } from './plain.ts';
import { runCommand } from './runCommand.ts';
import type { Endpoint } from './transport.ts';

const transports = { plain: plainTransport, amplify: amplifyTransport, apollo: apolloTransport };

const [name = '', file = '.local/outputs.json'] = process.argv.slice(2);
const create = transports[name as keyof typeof transports];
const { TOKEN } = process.env;
if (!create || !TOKEN)
  throw new Error('Usage: TOKEN=… node --import tsx examples/run.ts plain|amplify|apollo [outputs.json]');

const [outputs] = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Omit<Endpoint, 'token'>>);
const transport = create({ ...outputs!, token: async () => TOKEN });

await new Promise<void>((resolve, reject) => {
  transport.subscribe(
    'subscription { onProjectionUpdated(aggregate: GROUP) { aggregateId version change group { name } } }',
    {},
    {
      ready: resolve,
      next: (update) => console.log(JSON.stringify({ update })),
      error: reject,
    },
  );
});

const suffix = Date.now();
const created = await runCommand(transport, 'createGroup', { name: `North ${suffix}`, description: 'Northern office' });
console.log(JSON.stringify({ created }));
console.log(
  JSON.stringify({
    updated: await runCommand(transport, 'updateGroup', {
      id: created.aggregateId,
      name: `South ${suffix}`,
      expectedVersion: 1,
    }),
  }),
);
console.log(
  JSON.stringify({
    refused: await runCommand(transport, 'updateGroup', { id: created.aggregateId, name: 'East', expectedVersion: 1 }),
  }),
);
transport.close();
process.exit(0);
