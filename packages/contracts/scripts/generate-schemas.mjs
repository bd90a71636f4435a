// Writes schemas/**/*.avsc into a TypeScript file, so that the codecs need no file at run time. `--check` only compares.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const schemasDir = fileURLToPath(new URL('../../../schemas/', import.meta.url));
const target = fileURLToPath(new URL('../src/generated/schemas.generated.ts', import.meta.url));

const names = readdirSync(schemasDir)
  .filter((file) => file.endsWith('.avsc'))
  .map((file) => file.slice(0, -'.avsc'.length))
  .sort();

const versionsOf = (name) =>
  readdirSync(`${schemasDir}history/${name}`)
    .map((file) => Number.parseInt(file, 10))
    .sort((a, b) => a - b)
    .map((version) => JSON.parse(readFileSync(`${schemasDir}history/${name}/${version}.avsc`, 'utf8')));

const lines = names.map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(versionsOf(name))},`);
const text = `// Generated from schemas/history/ by packages/contracts/scripts/generate-schemas.mjs. Do not edit.
import type { Schema } from 'avsc';

/** Every version that was ever written, oldest first: the last one is the current one. */
export const SCHEMA_VERSIONS = {
${lines.join('\n')}
} as unknown as Record<${names.map((name) => JSON.stringify(name)).join(' | ')}, readonly Schema[]>;
`;

if (process.argv.includes('--check')) {
  let present = '';
  try {
    present = readFileSync(target, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (present !== text) {
    console.error('packages/contracts/src/generated/schemas.generated.ts is out of date: run npm run generate');
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
