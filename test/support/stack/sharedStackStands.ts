import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

/** The shared stack is started beside the first tests; when it serves, its outputs are there. */
const outputs = join(inject('stateDir'), 'outputs.json');
const deadline = Date.now() + 120_000;
while (!existsSync(outputs)) {
  if (Date.now() > deadline) throw new Error(`The shared stack does not come up: there is no ${outputs}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
}
