import { buildSchema, findBreakingChanges } from 'graphql';

/** What an event of a type may say: attributes with their kinds, `?` behind those that may be null. */
export type EventShapes = Record<string, Record<string, string>>;

/** What breaks clients that were written for the released schema, in words. */
export const breaksOfSchema = (released: string, current: string, directives: string): string[] =>
  findBreakingChanges(buildSchema(`${released}\n${directives}`), buildSchema(`${current}\n${directives}`)).map(
    ({ description }) => description,
  );

/** What keeps stored events from being read as they were meant, in words: they stay readable for ever. */
export const breaksOfEvents = (released: EventShapes, current: EventShapes): string[] =>
  Object.entries(released).flatMap(([type, attributes]) => {
    const now = current[type];
    if (!now) return [`${type} is gone.`];
    return [
      ...Object.entries(attributes).flatMap(([name, kind]) => {
        if (now[name] === undefined) return [`${type}.${name} is gone.`];
        return now[name] === kind || now[name] === `${kind}?`
          ? []
          : [`${type}.${name} was ${kind}, and is ${now[name]}.`];
      }),
      ...Object.entries(now)
        .filter(([name, kind]) => attributes[name] === undefined && !kind.endsWith('?'))
        .map(([name]) => `${type}.${name} is new and not optional: stored events lack it.`),
    ];
  });

/** Those that the changelog does not name under "Breaking" of what is not released yet. */
export const unannounced = (breaks: string[], changelog: string): string[] => {
  const unreleased = changelog.split(/^## /m).find((part) => part.startsWith('Unreleased')) ?? '';
  const breaking = unreleased.split(/^### /m).find((part) => part.startsWith('Breaking')) ?? '';
  return breaks.filter((each) => !breaking.includes(each));
};
