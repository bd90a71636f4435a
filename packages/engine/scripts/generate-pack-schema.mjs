#!/usr/bin/env node
/**
 * Writes schemas/pack.schema.json, which makes editors complete and check packs, from src/packs/schema.
 *
 *   node scripts/generate-pack-schema.mjs            writes the file
 *   node scripts/generate-pack-schema.mjs --check    exits 1 where the file is not what would be written
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const target = fileURLToPath(new URL('../../../schemas/pack.schema.json', import.meta.url));
const source = fileURLToPath(new URL('../src/packs/schema/packJsonSchema.ts', import.meta.url));

// The sources are TypeScript, and nothing has to be built before.
const { outputFiles } = await build({ entryPoints: [source], bundle: true, write: false, format: 'esm', platform: 'neutral' });
const { packJsonSchema } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
const text = `${JSON.stringify(packJsonSchema(), null, 2)}\n`;

function present() {
  try {
    return readFileSync(target, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return '';
  }
}

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (present() !== text) {
  console.error('schemas/pack.schema.json is out of date: run npm run generate');
  process.exit(1);
}
