import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { admin, eventually, unique } from '../support/clients/client.ts';

type Line = Record<string, unknown>;

/** The structured lines that a function has logged so far; Lambda's own are none. */
const linesOf = (name: string): Line[] => {
  const file = join(inject('stateDir'), 'logs', `UserManagement-dev-${name}.log`);
  // A function that has not run yet has no log.
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.filter((line) => line.startsWith('{') && line.endsWith('}')).map((line) => JSON.parse(line) as Line);
};

it.each(['applied', 'rejected'] as const)(
  'the journey of a command that is %s can be followed by its id through the logs',
  async (end) => {
    const client = await admin();
    const name = unique('journey');
    if (end === 'rejected') await client.apply('createGroup', { name, description: 'First' });
    const { commandId, aggregateId, status } = await client.run('createGroup', { name, description: 'Journey' });
    expect(status).toBe(end.toUpperCase());

    for (const stage of end === 'applied' ? ['command', 'mediator', 'execute'] : ['command']) {
      const own = await eventually(
        `${stage} logs ${commandId}`,
        async () => {
          const lines = linesOf(stage).filter((line) => JSON.stringify(line).includes(aggregateId));
          return lines.length > 0 && lines;
        },
        120,
      );
      for (const line of own) expect(line, stage).toMatchObject({ commandId, service: stage });
    }
  },
);
