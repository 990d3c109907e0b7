/**
 * What AppSync would say of the code of resolvers and functions, were it deployed. The service itself names no line,
 * and runs other code than it seems to: a transpiler's, not a JavaScript engine's. An empty list is no promise, but
 * each error is known to fail. The one set of rules: for what is synthesized, and for what the local AppSync is given
 * to run.
 */
import { checkCode } from './codeRules.ts';
import { type Finding, inOrder } from './finding.ts';
import { type Verdicts, openVerdicts } from './verdicts.ts';

export type { Finding, Severity } from './finding.ts';

export interface GateOptions {
  /** A folder that remembers what was found, so that code which has not changed is not checked again. */
  cacheDir?: string;
}

/** The findings for each code, by the name it was given under. */
export async function gate(
  codes: Record<string, string>,
  { cacheDir }: GateOptions = {},
): Promise<Record<string, Finding[]>> {
  const verdicts = openVerdicts(cacheDir);
  const unknown = [...new Set(Object.values(codes))].filter((code) => !verdicts.has(code));
  if (unknown.length > 0) await judge(unknown, verdicts);
  verdicts.save(Object.values(codes));
  return Object.fromEntries(Object.entries(codes).map(([name, code]) => [name, verdicts.get(code)]));
}

async function judge(codes: string[], verdicts: Verdicts): Promise<void> {
  // The compiler takes longer to load than everything else here to run.
  const { typeFindings } = await import('./typeRules.ts');
  const ofTypes = typeFindings(codes);
  for (const [index, code] of codes.entries()) {
    const { findings } = checkCode(code);
    const taken = new Set(findings.map(placeOf));
    const others = (ofTypes[index] ?? []).filter((finding) => !taken.has(placeOf(finding)));
    verdicts.set(code, inOrder([...findings, ...others]));
  }
}

const placeOf = ({ line, column }: Finding): string => `${line}:${column}`;
