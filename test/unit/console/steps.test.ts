import { buildSchema, getOperationAST, type GraphQLSchema, GraphQLScalarType, Kind, parse, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SCALARS } from 'appsync-local/parts';
import { coerceVariables } from 'appsync-local/parts';
import { allChapters, type Step, type StoryFacts } from '../../../console/src/graphiql/steps.ts';
import { access, type Rule } from '../../../resolvers/manifest/access.ts';

const schema: GraphQLSchema = buildSchema(
  ['schema.graphql', 'infra/api/graphql/appsync.graphql'].map((file) => readFileSync(file, 'utf8')).join('\n'),
);
// The scalars with what they accept: a schema made of text takes anything for them.
for (const scalar of SCALARS) {
  const { parseValue, parseLiteral } = scalar;
  if (schema.getType(scalar.name) instanceof GraphQLScalarType)
    Object.assign(schema.getType(scalar.name)!, { parseValue, parseLiteral });
}

const userChapter = 'As a user';
/** The one step of the user's that shows a refusal. */
const notForUsers = 'What a user may not see';

const uuid = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
const story: StoryFacts = {
  authorizationId: uuid(1),
  roleId: uuid(2),
  groupId: uuid(3),
  recoveryId: uuid(4),
  lastCommandId: uuid(5),
  userId: '64f0c2aa64f0c2aa64f0c2aa',
  startedAt: '2026-01-01T00:00:00.000Z',
  beforeUpdate: '2026-01-01T00:01:00.000Z',
  beforeCorrection: '2026-01-01T00:02:00.000Z',
  suffix: 'f0c2aa',
  commandId: () => uuid(6),
  sameCommandId: () => uuid(6),
};

/** All root fields that someone with a log-in may ask for. */
const fieldsFor = (...rules: Rule[]) => Object.keys(access).filter((path) => rules.includes(access[path]!));
const operationOf = ({ query }: Step) => getOperationAST(parse(query))!;
const fieldsOf = (step: Step): string[] => {
  const { operation, selectionSet } = operationOf(step);
  const type = schema.getRootType(operation)!.name;
  return selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD ? [`${type}.${selection.name.value}`] : [],
  );
};

const steps = allChapters.flatMap((chapter) => chapter.steps.map((step) => ({ ...step, chapter: chapter.title })));
const ofUser = steps.filter(({ chapter }) => chapter === userChapter);
const ofAdmin = steps.filter(({ chapter }) => chapter !== userChapter);

describe('the story', () => {
  it("has a step for every field of the schema but those of the system's own", () => {
    const open = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
      Object.values(type!.getFields())
        .filter(({ astNode }) => !astNode?.directives?.some(({ name }) => name.value === 'aws_iam'))
        .map(({ name }) => `${type!.name}.${name}`),
    );
    expect(open.length).toBeGreaterThan(30);
    expect([...new Set(steps.flatMap(fieldsOf))].sort()).toEqual(open.sort());
  });

  it("has all that admins may do in the admin's chapters, and nothing that they may not", () => {
    const used = new Set(ofAdmin.flatMap(fieldsOf));
    expect(fieldsFor('admin').filter((field) => !used.has(field))).toEqual([]);
    expect([...used].filter((field) => !fieldsFor('admin', 'both').includes(field))).toEqual([]);
  });

  it("has all that users may do in the user's chapter, and one thing that they may not", () => {
    const used = new Set(ofUser.filter(({ title }) => title !== notForUsers).flatMap(fieldsOf));
    expect([...used].sort()).toEqual(fieldsFor('user', 'both').sort());
    const refused = ofUser.find(({ title }) => title === notForUsers)!;
    expect(fieldsOf(refused).map((field) => access[field])).toEqual(['admin']);
  });

  it('has the steps that docs/time.md names, for each use of events', () => {
    const rows = readFileSync('docs/time.md', 'utf8').match(/^\| \*\*.*$/gm)!;
    expect(rows).toHaveLength(5);
    for (const row of rows) {
      const named = [...row.split('|')[3]!.matchAll(/\*([^*]+)\*/g)].map(([, title]) => title);
      expect(named.length, row).toBeGreaterThan(0);
      for (const title of named) expect(ofAdmin.map((step) => step.title)).toContain(title);
    }
  });

  it("names each step and each operation once: the one is looked for in the list, the other is the tab's name", () => {
    for (const names of [steps.map(({ title }) => title), steps.map((step) => operationOf(step).name?.value)]) {
      expect(names).not.toContain(undefined);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  it.each(steps)('$chapter: $title is a document of the schema, and its variables are all that it declares', (step) => {
    expect(validate(schema, parse(step.query))).toEqual([]);
    const operation = operationOf(step);
    const variables = step.variables?.(story, story.userId) ?? {};
    expect(coerceVariables(schema, operation, variables)).toMatchObject({ ok: true });
    const declared = operation.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
    expect(Object.keys(variables).filter((name) => !declared.includes(name))).toEqual([]);
  });
});
