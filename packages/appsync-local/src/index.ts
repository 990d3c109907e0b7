/** Runs a CDK cloud assembly with AppSync on one machine. */
export { startStack } from './stack.ts';
export type { Stack, StackOptions, SynthesisContext } from './stack.ts';
export type { Part } from './front.ts';
export type { IssuerProvider } from './issuers/issuers.ts';
export type { Shutdown } from './shutdown.ts';
export * from './tokens.ts';
