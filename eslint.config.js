import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const SOURCES = ['packages/*/src/**/*.ts', 'services/*/src/**/*.ts'];
const TESTS = ['**/*.test.ts'];
/** What only tests import may do what tests may do. */
const TEST_SUPPORT = ['packages/testing/**/*.ts', '**/src/testing/**/*.ts'];
const ENGINE = ['packages/engine/src/**/*.ts'];

/** Rules of the whole house that are a matter of syntax: each selector with what to do instead. */
const HOUSE_SYNTAX = [
  { selector: 'ExportAllDeclaration', message: 'List what a package or file offers: no `export *`.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name: a thing has one name everywhere.' },
  {
    selector:
      ':matches(FunctionDeclaration, MethodDefinition > FunctionExpression)[params.length>1] > Identifier.params[typeAnnotation.typeAnnotation.type="TSBooleanKeyword"]',
    message: 'Nobody knows at the call what `true` means: put it into an options object.',
  },
];

const HOUSE_PROPERTIES = [
  { object: 'vi', property: 'mock', message: 'Use the real thing, or a hand-written fake of a port.' },
  { object: 'vi', property: 'doMock', message: 'Use the real thing, or a hand-written fake of a port.' },
  { object: 'vi', property: 'spyOn', message: 'Use the real thing, or a hand-written fake of a port.' },
  { object: 'describe', property: 'only', message: 'Run one test with `vitest -t`.' },
  { object: 'it', property: 'only', message: 'Run one test with `vitest -t`.' },
  { object: 'test', property: 'only', message: 'Run one test with `vitest -t`.' },
];

const ENVIRONMENT = [
  { object: 'process', property: 'env', message: 'The environment is read in a file named config.ts, through one schema.' },
];
const ENVIRONMENT_IMPORT = {
  name: 'node:process',
  importNames: ['env'],
  message: 'The environment is read in a file named config.ts, through one schema.',
};

/** Work that is put off, and ways around a check. */
const FORBIDDEN_COMMENTS = ['todo', 'fixme', 'xxx', 'eslint-disable', 'biome-ignore', '@ts-ignore', '@ts-nocheck'];

/** The engine is a pure fold: the same events must give the same state on every machine, at every time. */
const IMPURE = 'The engine has no I/O, clock, randomness or locale: take it as data.';
const IMPURE_GLOBALS = [
  'Buffer',
  'Intl',
  'XMLHttpRequest',
  'WebSocket',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'document',
  'fetch',
  'global',
  'globalThis',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'self',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'window',
];
const IMPURE_PROPERTIES = [
  { object: 'Date', property: 'now', message: IMPURE },
  { object: 'Math', property: 'random', message: IMPURE },
  ...['localeCompare', 'toLocaleString', 'toLocaleDateString', 'toLocaleTimeString', 'toLocaleLowerCase', 'toLocaleUpperCase'].map(
    (property) => ({ property, message: IMPURE }),
  ),
  // These read the time zone of the machine.
  ...['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds'].flatMap((part) => [
    { property: `get${part}`, message: `Use getUTC${part}: ${IMPURE}` },
    ...(part === 'Day' ? [] : [{ property: `set${part}`, message: `Use setUTC${part}: ${IMPURE}` }]),
  ]),
  ...['getTimezoneOffset', 'toDateString', 'toTimeString'].map((property) => ({ property, message: IMPURE })),
];
const IMPURE_SYNTAX = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: IMPURE },
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length>1]',
    message: `These parts are in the machine's time zone; use Date.UTC. ${IMPURE}`,
  },
  { selector: 'CallExpression[callee.name="Date"]', message: IMPURE },
  { selector: 'ImportExpression', message: IMPURE },
];

export default defineConfig(
  { ignores: ['**/dist/**', '**/generated/**', '**/*.generated.ts', '**/node_modules/**', '.cache/**', 'coverage/**'] },
  {
    // Whoever needs an exception changes the rule, in the open, for all.
    linterOptions: { noInlineConfig: true },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: tseslint.parser,
      // One program for everything, tests included, that reads packages from source: needs no build, and is the fastest.
      parserOptions: { project: './tsconfig.tests.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      '@typescript-eslint/no-base-to-string': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-implied-eval': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      // The reason of an AbortSignal is `any`, and passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'no-cond-assign': ['error', 'always'],
      'no-empty': 'error',
      'no-restricted-imports': ['error', { paths: [ENVIRONMENT_IMPORT] }],
      'no-restricted-properties': ['error', ...HOUSE_PROPERTIES, ...ENVIRONMENT],
      'no-restricted-syntax': ['error', ...HOUSE_SYNTAX],
      'no-warning-comments': ['error', { terms: FORBIDDEN_COMMENTS, location: 'start' }],
      'preserve-caught-error': 'error',
    },
  },
  {
    files: SOURCES,
    ignores: [...TESTS, ...TEST_SUPPORT, 'packages/cli/**'],
    rules: { 'no-console': 'error' },
  },
  {
    files: SOURCES,
    ignores: TESTS,
    rules: { 'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['**/config.ts', ...TESTS, ...TEST_SUPPORT, '*.config.ts', 'bench/**'],
    rules: { 'no-restricted-properties': ['error', ...HOUSE_PROPERTIES], 'no-restricted-imports': 'off' },
  },
  {
    files: ['**/*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ENGINE,
    ignores: [...TESTS, ...TEST_SUPPORT],
    rules: {
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS.map((name) => ({ name, message: IMPURE }))],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '^(node:|@cairn/|(assert|buffer|child_process|crypto|events|fs|http|https|net|os|path|perf_hooks|process|stream|timers|url|util|worker_threads)(/|$))',
              message: IMPURE,
            },
          ],
        },
      ],
      'no-restricted-properties': ['error', ...HOUSE_PROPERTIES, ...ENVIRONMENT, ...IMPURE_PROPERTIES],
      'no-restricted-syntax': ['error', ...HOUSE_SYNTAX, ...IMPURE_SYNTAX],
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    rules: {
      eqeqeq: 'error',
      'no-empty': 'error',
      'no-warning-comments': ['error', { terms: FORBIDDEN_COMMENTS, location: 'start' }],
    },
  },
);
