/**
 * Checks every bundle of resolver code as it would be deployed, and ends with 1 if AppSync would refuse one: part of
 * `npm run lint`.
 */
import { gatedBundles, GateError } from './gate.ts';

try {
  const bundles = Object.values(await gatedBundles((line) => console.warn(`warning: ${line}`)));
  const longest = Math.max(...bundles.map((code) => code.length));
  console.log(`${bundles.length} bundles of resolver code, 0 refused; the longest has ${longest} characters`);
} catch (error) {
  if (!(error instanceof GateError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
