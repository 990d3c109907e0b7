import appsync from '@aws-appsync/eslint-plugin';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** No import, static or dynamic, of what matches. @param {[pattern: string, message: string][]} bans */
const ban = (...bans) => ({
  '@typescript-eslint/no-restricted-imports': [
    'error',
    { patterns: bans.map(([regex, message]) => ({ regex, message })) },
  ],
  'no-restricted-syntax': [
    'error',
    ...bans.map(([regex, message]) => ({
      selector: `ImportExpression[source.value=/${regex.replaceAll('/', '\\/')}/]`,
      message,
    })),
  ],
});

/** The folders at the top that hold code. */
const rooms = ['domain', 'functions', 'resolvers', 'infra', 'local', 'packages', 'console', 'operating', 'load'].concat(
  ['bench', 'demo', 'test', 'generated', 'examples', 'released'],
);

/** A relative path into one of these folders at the top. */
const into = (...folders) => `^\\.\\.?/(.*/)?(${folders.join('|')})/`;

const cloudKit = ['^(aws-cdk-lib|constructs|cdk-nag)(/|$)', 'Only infra/ knows the CDK.'];

const throughTheDoor = [`${into('packages')}`, 'Import a package by its name: it offers what others may use.'];

/** What packages must not know. */
const knowsNothing = [
  `${into('domain', 'functions', 'resolvers', 'infra', 'local', 'console', 'bench', 'demo')}|^(\\.\\./){3,}generated/`,
  'packages/ know nothing of this application.',
];

/** Resolver code runs in AppSync; the manifest and what it is made of run in Node. */
const manifest = ['resolvers/manifest.ts', 'resolvers/manifest/**', 'resolvers/*.d.ts'];

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      'cdk.out*/',
      '.local/',
      '.build/',
      '.cache/',
      'coverage/',
      '**/generated/',
      'test/artifacts/',
      '**/dist/',
      'packages/appsync-local/src/appsync/gate/*.d.ts',
    ],
  },
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always'],
      'no-console': 'off',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },

  // What only types show, and what only all files together show.
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: {
      parserOptions: {
        project: ['tsconfig.json', 'resolvers/tsconfig.json', 'console/src/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { 'import-x': importX },
    settings: { 'import-x/extensions': ['.ts', '.tsx'] },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
    },
  },

  // What a test or a measurement looks into has no type of its own.
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'packages/*/test/**/*.ts'],
    rules: { '@typescript-eslint/no-explicit-any': 'off' },
  },

  // A script whose value is its last expression.
  {
    files: ['packages/appsync-local/src/appsync/code/builtins.js'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },

  // Who may import what.
  {
    files: ['domain/**/*.ts'],
    rules: ban(
      ['^(?!\\.\\.?/|zod/mini$)', 'domain/ imports only itself and zod/mini.'],
      [into(...rooms.filter((room) => room !== 'domain')), 'domain/ imports only itself and zod/mini.'],
    ),
  },
  {
    files: ['functions/**/*.ts'],
    rules: ban(
      [
        into('infra', 'local', 'resolvers', 'console', 'bench', 'test'),
        'functions/ imports only itself, domain/ and generated/.',
      ],
      cloudKit,
    ),
  },
  {
    // What comes from outside is read, not cast. In these files a comment says what TypeScript, or another's types, cannot.
    files: ['functions/**/*.ts'],
    ignores: [
      'functions/mediator/forward.ts',
      'functions/ports/snapshots/{item,lineItem}.ts',
      'functions/ports/views/item.ts',
      'functions/runtime/{environment,upperCase}.ts',
      'functions/runtime/clients/common.ts',
    ],
    rules: { '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }] },
  },
  {
    files: ['local/**/*.ts'],
    rules: ban(
      [
        into('domain', 'functions', 'resolvers', 'infra', 'generated'),
        'local/ reads the cloud assembly, and knows nothing of what the application is about.',
      ],
      cloudKit,
      throughTheDoor,
    ),
  },
  {
    files: ['packages/**/*.ts'],
    rules: ban(knowsNothing),
  },
  { files: ['packages/*/src/**/*.ts'], rules: ban(knowsNothing, cloudKit) },
  {
    files: ['resolvers/**/*.ts'],
    ignores: manifest,
    rules: ban(
      [
        '^(?!\\.\\.?/|@aws-appsync/utils(/dynamodb)?$)',
        'Resolver code is bundled from resolvers/ alone; the domain reaches it as constants.',
      ],
      [
        into(...rooms.filter((room) => !['resolvers', 'generated'].includes(room))),
        'Resolver code is bundled from resolvers/ alone; the domain reaches it as constants.',
      ],
    ),
  },
  {
    files: ['resolvers/manifest.ts', 'resolvers/manifest/**/*.ts'],
    rules: ban(['^(?!\\./|\\.\\./(\\.\\./)?domain/)', 'The manifest derives from domain/ alone.']),
  },
  {
    files: ['infra/**/*.ts'],
    rules: ban([into('local', 'bench', 'test', 'console'), 'infra/ does not know the local stack.'], throughTheDoor),
  },
  { files: ['bench/**/*.ts', 'console/**/*.{ts,tsx}'], rules: ban(cloudKit, throughTheDoor) },
  { files: ['test/**/*.ts', 'demo/**/*.ts', 'operating/**/*.ts', 'load/**/*.ts'], rules: ban(throughTheDoor) },
  {
    files: ['load/oracle/**/*.ts'],
    rules: ban(
      [into('domain', 'functions', 'resolvers', 'infra', 'generated'), 'The oracle knows nothing of what it judges.'],
      throughTheDoor,
    ),
  },

  // What APPSYNC_JS does not have.
  {
    ...appsync.configs.recommended,
    files: ['resolvers/**/*.ts'],
    ignores: manifest,
  },
);
