/**
 * The directions between the houses. Workspace packages resolve to their sources through the condition `cairn:source`,
 * so that a path below packages/ or services/ always says which house is meant.
 */

/** What each house may import of the others; a house that is not named here may import none. */
const MAY_IMPORT = {
  'packages/contracts': [],
  'packages/engine': [],
  'packages/store': ['packages/engine'],
  'packages/runtime': ['packages/contracts'],
  'packages/archive': ['packages/contracts', 'packages/runtime'],
  'packages/embedded': [],
  'packages/packs': [],
  'packages/testing': ['packages/embedded'],
  'packages/sdk': ['packages/contracts'],
  'packages/elements': ['packages/sdk'],
  // engine and packs: to check definitions where the command is called
  'packages/cli': ['packages/sdk', 'packages/contracts', 'packages/engine', 'packages/packs', 'packages/embedded'],
  'services/ingest': ['packages/contracts', 'packages/engine', 'packages/store', 'packages/runtime'],
  'services/rule-evaluator': ['packages/contracts', 'packages/engine', 'packages/store', 'packages/runtime', 'packages/archive'],
  'services/notifier': ['packages/contracts', 'packages/engine', 'packages/store', 'packages/runtime'],
  'services/api': ['packages/contracts', 'packages/engine', 'packages/store', 'packages/runtime'],
  'services/console': ['packages/sdk', 'packages/contracts', 'packages/engine', 'packages/elements'],
  'services/standalone': ['packages/(?!testing/)', 'services/'],
};

/** Tests, and what the tests of one house share, in its folder src/testing. */
const TEST_FILE = '([.]test[.]ts$|^(packages|services)/[^/]+/src/testing/)';
const TESTING = '^packages/testing/';
const HOUSES = '^(packages|services)/';

const directions = Object.entries(MAY_IMPORT).map(([house, allowed]) => ({
  name: `direction-${house.replace('/', '-')}`,
  comment: `${house} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other house'}.`,
  severity: 'error',
  from: { path: `^${house}/`, pathNot: TEST_FILE },
  to: {
    path: HOUSES,
    pathNot: [`^${house}/`, TESTING, ...allowed.map((other) => (other.endsWith('/') || other.endsWith(')') ? `^${other}` : `^${other}/`))],
  },
}));

module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'house-without-direction',
      comment: 'A new house needs an entry in MAY_IMPORT of .dependency-cruiser.cjs.',
      severity: 'error',
      from: { path: HOUSES, pathNot: [TEST_FILE, ...Object.keys(MAY_IMPORT).map((house) => `^${house}/`)] },
      to: { path: HOUSES },
    },
    {
      name: 'testing-by-tests-only',
      comment: 'packages/testing is for test files, and for what only ever tries and measures.',
      severity: 'error',
      from: { path: '.', pathNot: [TEST_FILE, TESTING, '^(bench|simulation)/'] },
      to: { path: TESTING },
    },
    {
      name: 'services-apart-in-tests',
      comment: 'A test of one service runs without the others; a test of them together stands in services/standalone.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/(.+[.]test[.]ts$|testing/)', pathNot: '^services/standalone/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-below-services',
      comment: 'A package never imports a service, not even in a test.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'tests-are-ends',
      comment: 'Nobody imports a test: what tests share stands in src/testing.',
      severity: 'error',
      from: { path: '.' },
      to: { path: '[.]test[.]ts$' },
    },
    {
      name: 'test-support-for-tests',
      comment: 'What stands in src/testing is for tests.',
      severity: 'error',
      from: { path: HOUSES, pathNot: TEST_FILE },
      to: { path: '^(packages|services)/[^/]+/src/testing/' },
    },
    {
      name: 'through-the-front-door',
      comment: 'A house is used through what its package.json exports, not through a path into it.',
      severity: 'error',
      from: { path: '^(packages|services)/([^/]+)/' },
      to: { path: HOUSES, pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere; the directions cannot be checked through it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-builds',
      comment: 'An import that leads into dist: the exports of that package lack the condition cairn:source.',
      severity: 'error',
      from: {},
      to: { path: '^(packages|services)/[^/]+/dist/' },
    },
    {
      name: 'tests-tools-in-sources',
      comment: 'What is installed for tests and builds only is not there in production.',
      severity: 'error',
      from: { path: HOUSES, pathNot: [TEST_FILE, TESTING, '[.]config[.]ts$', '^packages/[^/]+/scripts/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.tests.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['cairn:source', 'import', 'node', 'types', 'default'],
      mainFields: ['main', 'types'],
    },
    moduleSystems: ['es6', 'cjs'],
    reporterOptions: { text: { highlightFocused: true } },
  },
};
