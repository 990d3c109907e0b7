import { readdirSync, readFileSync } from 'node:fs';
import { timed } from './statistics.ts';

/** What some work took, in milliseconds: of the clock, and of CPU. */
export interface Taken {
  clock: number;
  /** This process, with the threads of its functions. */
  node: number;
  /** What it started and still runs: the engine. Not known but on Linux. */
  engine: number;
}

/** Linux counts in hundredths of a second. */
const msPerTick = 10;

export const taken = async (work: () => Promise<unknown>): Promise<Taken> => {
  const [node, engine] = [process.cpuUsage(), descendantsCpu()];
  const clock = await timed(work);
  const { user, system } = process.cpuUsage(node);
  return { clock, node: (user + system) / 1000, engine: descendantsCpu() - engine };
};

const descendantsCpu = (): number => {
  const processes = allProcesses();
  const family = new Set([process.pid]);
  // Parents are mostly older, and so come first.
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  const descendants = processes.filter(({ pid }) => pid !== process.pid && family.has(pid));
  return processes.length === 0 ? NaN : descendants.reduce((sum, { ticks }) => sum + ticks, 0) * msPerTick;
};

const allProcesses = (): { pid: number; parent: number; ticks: number }[] => {
  try {
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // Behind the command's name, which may hold anything: state, parent … user and system time, its own and that of
        // the children that have ended.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
        return [{ pid: Number(name), parent: Number(fields[1]), ticks }];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
};
