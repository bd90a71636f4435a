/**
 * `npm run generate [-- --check]`: runs every generator, packages/<name>/scripts/generate-<what>.mjs. With --check each
 * only compares what it would write with what is there, and ends with code 1 where they differ.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './lib/root.mjs';

const args = process.argv.slice(2);
const unknown = args.filter((argument) => argument !== '--check');
if (unknown.length > 0) {
  process.stderr.write(`generate: unknown argument ${unknown.join(' ')}; only --check is known\n`);
  process.exit(2);
}

/** @returns {string[]} absolute paths, in a fixed order */
function generators() {
  return ['packages', 'services']
    .flatMap((parent) => readdirSync(join(ROOT, parent)).map((name) => join(ROOT, parent, name, 'scripts')))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((path) => /[\\/]generate-[^\\/]+\.mjs$/.test(path))
    .sort();
}

let failed = 0;
for (const generator of generators()) {
  const { status, error } = spawnSync(process.execPath, [generator, ...args], { cwd: ROOT, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) failed += 1;
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${relative(ROOT, generator)}\n`);
}
process.exit(failed === 0 ? 0 : 1);
