import type { Scenario } from '../scenario.ts';
import { commandFunction } from './commandFunction.ts';
import { idle } from './idle.ts';
import { paceFigures, paceTable } from './measure.ts';
import { reads } from './reads.ts';
import { starts } from './starts.ts';
import { writePath } from './writePath.ts';

/**
 * What the local runtime and the functions take of a processor, beside what nobody could do without. Of rebuilds and
 * notifications the scenarios `recovery` and `notifications` say the same.
 */
export const pace: Scenario = {
  name: 'pace',
  about: 'CPU of the write path, of reads, starts, an idle stack, and the command function, beside what is needed',
  async run(bench) {
    const paces = [
      ...(await writePath(bench)),
      ...(await reads(bench)),
      ...(await idle(bench)),
      ...(await starts(bench)),
      ...(await commandFunction(bench)),
    ];
    return { tables: [paceTable(paces)], figures: paceFigures(paces) };
  },
};
