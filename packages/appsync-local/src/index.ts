/** Runs a CDK cloud assembly with AppSync on one machine. */
export { startStack } from './stack/stack.ts';
export type { Stack, StackOptions, SynthesisContext } from './stack/stack.ts';
export type { Part } from './stack/front.ts';
export type { IssuerProvider } from './issuers/issuers.ts';
export type { Shutdown } from './stack/shutdown.ts';
export * from './tokens.ts';
