import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { limits } from '../../infra/budget.ts';
import type { Scenario } from '../scenario.ts';
import type { TemplateSize } from '../../infra/size.ts';

/** Enough for what is shared by ten, such as an alarm, to count with its share. */
const more = 20;

/** How much of CloudFormation's limits the template takes, and an operation more. */
export const template: Scenario = {
  name: 'template',
  about: 'size and resources of the template, and what an operation costs of each',
  async run({ say }) {
    say('synthesizing it as it is, and with more operations');
    const [now, then] = await Promise.all([sizeWith(0), sizeWith(more)]);
    const perOperation = {
      resources: (then.resources - now.resources) / more,
      bytes: (then.bytes - now.bytes) / more,
    };
    const room = Math.floor(
      Math.min(
        (limits.resources - now.resources) / perOperation.resources,
        (limits.bytes - now.bytes) / perOperation.bytes,
      ),
    );
    const ofType = (type: string) => then.types[type]!;
    return {
      tables: [
        {
          title: 'The template, by type of resource',
          columns: ['', 'resources', 'KB', 'resources per operation', 'KB per operation'],
          rows: [
            ...Object.entries(now.types)
              .sort(([, one], [, other]) => other.bytes - one.bytes)
              .map(([type, { resources, bytes }]) => [
                type.replace('AWS::', ''),
                resources,
                kilobytes(bytes),
                ((ofType(type).resources - resources) / more).toFixed(1),
                kilobytes((ofType(type).bytes - bytes) / more),
              ]),
            [
              'together',
              now.resources,
              kilobytes(now.bytes),
              perOperation.resources.toFixed(1),
              kilobytes(perOperation.bytes),
            ],
          ],
          note: `An operation has two queues of its own; what it costs is a twentieth of what ${more} more cost.`,
        },
      ],
      figures: [
        { name: 'Resources of the template', value: String(now.resources), aim: `≤ ${limits.resources}` },
        { name: 'Size of the template, KB', value: kilobytes(now.bytes), aim: `< ${kilobytes(limits.bytes)}` },
        { name: 'Resources per operation', value: perOperation.resources.toFixed(1) },
        { name: 'KB of template per operation', value: kilobytes(perOperation.bytes) },
        { name: 'Operations that still fit', value: String(room) },
      ],
    };
  },
};

const sizeWith = async (operations: number): Promise<TemplateSize> => {
  const script = fileURLToPath(new URL('../../infra/size.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, String(operations)]);
  return JSON.parse(stdout) as TemplateSize;
};

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(1);
