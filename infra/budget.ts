import { SettingError } from './config.ts';

/** What CloudFormation takes of one stack. */
export const limits = { resources: 500, bytes: 1_000_000 };

/** How much of it a template takes. */
export const sizeOf = (template: { Resources: object }): { resources: number; bytes: number } => ({
  resources: Object.keys(template.Resources).length,
  bytes: Buffer.byteLength(JSON.stringify(template)),
});

/** Fails before CloudFormation would, and says what to do. @throws SettingError */
export const keepBudget = (template: { Resources: object }): void => {
  const { resources, bytes } = sizeOf(template);
  if (resources <= limits.resources && bytes <= limits.bytes) return;
  throw new SettingError(
    `The template has ${resources} resources and ${bytes} bytes; CloudFormation takes ${limits.resources} and ${limits.bytes}. ` +
      'An operation with its queues, their dead-letter queues and triggers is seven resources: make one operation of several that differ ' +
      'little, or cut the stack in two (docs/decisions/0001-one-stack-with-a-budget.md). Code that several resolvers run belongs into a pipeline function, which stands in the template once.',
  );
};
