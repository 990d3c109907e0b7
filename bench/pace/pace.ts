import type { Scenario } from '../scenario.ts';
import { commandFunction } from './commandFunction.ts';
import { idle } from './idle.ts';
import { paceFigures, paceTable } from './measure.ts';
import { notification } from './notification.ts';
import { rebuild } from './rebuild.ts';
import { reads } from './reads.ts';
import { starts } from './starts.ts';
import { writePath } from './writePath.ts';

/** What the local runtime and the functions take, beside what nobody could do without. */
export const pace: Scenario = {
  name: 'pace',
  about:
    'the write path, a rebuild, notifications, reads, starts, an idle stack, and the command function, beside what is needed',
  async run(bench) {
    const paces = [
      ...(await writePath(bench)),
      ...(await rebuild(bench)),
      ...(await notification(bench)),
      ...(await reads(bench)),
      ...(await idle(bench)),
      ...(await starts(bench)),
      ...(await commandFunction(bench)),
    ];
    return { tables: [paceTable(paces)], figures: paceFigures(paces) };
  },
};
