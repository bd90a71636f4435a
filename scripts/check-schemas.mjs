/**
 * `npm run check:schemas [-- --accept]`: what has been written must stay readable. Every version in
 * schemas/history/<name>/<n>.avsc has to be readable with the current schemas/<name>.avsc, and the newest of them has to be
 * the current one. --accept records the current schema as a new version, if it reads all older ones.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import avro from 'avsc';
import { incompatibilities } from './lib/incompatibilities.mjs';
import { ROOT } from './lib/root.mjs';

const SCHEMAS = join(ROOT, 'schemas');
const HISTORY = join(SCHEMAS, 'history');

const args = process.argv.slice(2);
const accept = args.includes('--accept');
const unknown = args.filter((argument) => argument !== '--accept');
if (unknown.length > 0) {
  process.stderr.write(`check-schemas: unknown argument ${unknown.join(' ')}; only --accept is known\n`);
  process.exit(2);
}

/** @returns {string[]} names of the current schemas: their paths below schemas/ without the ending, `/` between folders */
function currentNames(folder = '') {
  return readdirSync(join(SCHEMAS, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return path === 'history' ? [] : currentNames(path);
      return path.endsWith('.avsc') ? [path.slice(0, -'.avsc'.length)] : [];
    })
    .sort();
}

/** @returns {{ numbers: number[], stray: string[] }} recorded versions in order, and files that are none */
function recordedVersions(name) {
  const folder = join(HISTORY, name);
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.avsc')) : [];
  return {
    numbers: files
      .filter((file) => /^[1-9]\d*\.avsc$/.test(file))
      .map((file) => Number.parseInt(file, 10))
      .sort((a, b) => a - b),
    stray: files.filter((file) => !/^[1-9]\d*\.avsc$/.test(file)),
  };
}

/** @returns {string[]} what is wrong with one schema; empty when nothing is, or when --accept has mended it */
function check(name) {
  const { numbers, stray } = recordedVersions(name);
  if (stray.length > 0) return [`history/${name}/${stray[0]} is not named <number>.avsc`];
  const gap = numbers.findIndex((number, index) => number !== index + 1);
  if (gap !== -1) return [`history/${name}/${gap + 1}.avsc is missing; versions are never deleted`];

  const current = read(`${name}.avsc`);
  const reader = avro.Type.forSchema(current);
  const broken = numbers.flatMap((number) =>
    incompatibilities(reader, avro.Type.forSchema(read(`history/${name}/${number}.avsc`))).map(
      (line) => `cannot read version ${number}: ${line}`,
    ),
  );
  if (broken.length > 0) return broken;

  const newest = numbers.at(-1);
  if (newest !== undefined && sameMeaning(current, read(`history/${name}/${newest}.avsc`))) return [];
  const next = (newest ?? 0) + 1;
  if (!accept)
    return [`differs from its newest recorded version (${newest ?? 'none'}): npm run check:schemas -- --accept records version ${next}`];
  mkdirSync(join(HISTORY, name), { recursive: true });
  writeFileSync(join(HISTORY, name, `${next}.avsc`), readFileSync(join(SCHEMAS, `${name}.avsc`)));
  process.stdout.write(`recorded schemas/history/${name}/${next}.avsc; now run: npm run generate\n`);
  return [];
}

function read(path) {
  return JSON.parse(readFileSync(join(SCHEMAS, path), 'utf8'));
}

/** Documentation changes nothing on the wire. */
function sameMeaning(a, b) {
  return JSON.stringify(withoutDocs(a)) === JSON.stringify(withoutDocs(b));
}

function withoutDocs(value) {
  if (Array.isArray(value)) return value.map(withoutDocs);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key, inner]) => key !== 'doc' || typeof inner !== 'string');
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, withoutDocs(inner)]));
}

let failed = 0;
const names = currentNames();
for (const name of names) {
  const problems = check(name);
  if (problems.length > 0) failed += 1;
  process.stdout.write(`${problems.length === 0 ? 'ok    ' : 'FAILED'} schemas/${name}.avsc\n`);
  for (const problem of problems) process.stdout.write(`       ${problem}\n`);
}
const orphans = existsSync(HISTORY) ? [...new Set(orphanedHistories(new Set(names)))] : [];
for (const orphan of orphans)
  process.stdout.write(`FAILED schemas/history/${orphan}: the schema itself is gone; what was written with it cannot be read\n`);
process.exit(failed === 0 && orphans.length === 0 ? 0 : 1);

/** @param {Set<string>} known @returns {string[]} names with recorded versions and no current schema */
function orphanedHistories(known, folder = '') {
  return readdirSync(join(HISTORY, folder), { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return folder && !known.has(folder) ? [folder] : [];
    return orphanedHistories(known, folder ? `${folder}/${entry.name}` : entry.name);
  });
}
