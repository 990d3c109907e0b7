import { createHash, randomBytes } from 'node:crypto';

/** How often each function has run in the chain that led to a message, by a short hash of the function's ARN. */
type Lineage = Map<string, number>;

/** After this many invocations of one chain, Lambda takes it for a loop. */
export const mostInvocations = 16;

const formatVersion = '1';

/** How often the function has run in the chain that a trace header (`X-Amzn-Trace-Id`, `AWSTraceHeader`) tells of. */
export function invocationsIn(trace: string | undefined, functionArn: string): number {
  return lineageOf(trace).get(hashOf(functionArn)) ?? 0;
}

/** The header of an invocation: what led to it (messages of a batch each have a chain of their own), and itself. */
export function traceOfInvocation(causes: readonly (string | undefined)[], functionArn: string): string {
  const lineage: Lineage = new Map();
  for (const cause of causes)
    for (const [hash, count] of lineageOf(cause)) lineage.set(hash, Math.max(count, lineage.get(hash) ?? 0));
  const own = hashOf(functionArn);
  lineage.set(own, (lineage.get(own) ?? 0) + 1);
  const root = causes.map((cause) => partOf(cause, 'Root')).find((one) => one !== undefined) ?? newRoot();
  const counts = [...lineage].map(([hash, count]) => `${hash}:${count}`).join('|');
  return `Root=${root};Parent=${hex(8)};Sampled=0;Lineage=${formatVersion}:${counts}`;
}

function lineageOf(trace: string | undefined): Lineage {
  const [version, ...rest] = (partOf(trace, 'Lineage') ?? '').split(':');
  if (version !== formatVersion) return new Map();
  return new Map(
    rest
      .join(':')
      .split('|')
      .map((one) => one.split(':'))
      .flatMap(([hash, count]) => (hash !== undefined && Number(count) > 0 ? [[hash, Number(count)] as const] : [])),
  );
}

const partOf = (trace: string | undefined, name: string): string | undefined =>
  trace
    ?.split(';')
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);

const hashOf = (arn: string): string => createHash('sha256').update(arn).digest('hex').slice(0, 8);
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const newRoot = (): string => `1-${Math.floor(Date.now() / 1_000).toString(16)}-${hex(12)}`;
