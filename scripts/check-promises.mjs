/**
 * `npm run check:promises [-- --write] [-- --report <tests.json>]`: every promise of docs/explanation/promises.json is proven by a
 * test that says so, and the table of docs/explanation/correctness.md names them. --write writes the table; --report also wants each
 * of those tests to have passed in a run (the JSON reporter of vitest).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { claimsIn, problemsOf, tableOf, unprovenIn } from './lib/promises.mjs';
import { ROOT } from './lib/root.mjs';

const PAGE = join(ROOT, 'docs/explanation/correctness.md');
const TABLE = /(<!-- promises -->\n)[\s\S]*?(<!-- \/promises -->)/;

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false }, report: { type: 'string' } } });

const NOT_OURS = ['node_modules', 'dist'];

/** @returns {string[]} paths of the tests below a folder, `/` between folders */
function testsIn(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : testsIn(path);
    return /\.test\.(ts|mjs)$/.test(path) ? [path] : [];
  });
}

const promised = JSON.parse(readFileSync(join(ROOT, 'docs/explanation/promises.json'), 'utf8'));
const found = ['bench', 'packages', 'scripts', 'services', 'simulation']
  .flatMap(testsIn)
  .sort()
  .map((path) => claimsIn(path, readFileSync(join(ROOT, path), 'utf8')));
const claims = found.flatMap((file) => file.claims);

const page = readFileSync(PAGE, 'utf8');
const written = page.replace(TABLE, (_, open, close) => `${open}${tableOf(promised, claims)}\n${close}`);
if (values.write) writeFileSync(PAGE, written);

const problems = [
  ...found.flatMap((file) => file.problems),
  ...problemsOf(promised, claims),
  ...(values.write || written === page
    ? []
    : ['the table of docs/explanation/correctness.md is not current: npm run check:promises -- --write']),
  ...(values.report === undefined ? [] : unprovenIn(claims, JSON.parse(readFileSync(values.report, 'utf8')))),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`${promised.length} promises, ${claims.length} tests that prove them, ${problems.length} problems\n`);
process.exit(problems.length === 0 ? 0 : 1);
