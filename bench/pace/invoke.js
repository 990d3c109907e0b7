/**
 * A process of its own in which a function's bundle does what Lambda would have it do; reads what from standard input and
 * writes what it took, in milliseconds of CPU. Plain JavaScript: nothing else is loaded that would count.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { file, warming, measured } = JSON.parse(readFileSync(0, 'utf8'));
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 30_000 };

const cpuOf = async (work) => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

let handler;
const invoke = async (Records) => {
  const { batchItemFailures } = await handler({ Records }, context);
  if (batchItemFailures.length > 0) throw new Error(`not handled: ${JSON.stringify(batchItemFailures)}`);
};
const [first, ...others] = warming;
const cold = await cpuOf(async () => {
  ({ handler } = await import(pathToFileURL(file).href));
  await invoke(first);
});
for (const batch of others) await invoke(batch);
const warm = [];
for (const part of measured)
  warm.push(
    await cpuOf(async () => {
      for (const batch of part) await invoke(batch);
    }),
  );
process.stdout.write(JSON.stringify({ cold, warm }));
