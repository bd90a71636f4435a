#!/usr/bin/env node
/**
 * npm run check:size: what the engine weighs in a browser, minified and compressed, by what a page asks of it. Exits 1 where
 * something weighs more than its bound.
 */
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const KIB = 1024;
const FOLDING = ['parsePack', 'Catalogue', 'fold', 'progress', 'emptyState', 'encodeState', 'decodeState'];
/** The first is what every page that counts needs, with CEL, its regular expressions and all time zones. Bounds in KiB, by brotli. */
const PAGES = [
  { name: 'packs, folding, progress and states', exported: FOLDING, max: 60 },
  { name: 'the same with explanations', exported: [...FOLDING, 'explain'], max: 70 },
];

const folder = fileURLToPath(new URL('../src', import.meta.url));

async function bundle(exported) {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${exported.join(', ')} } from './index.js';`, resolveDir: folder, loader: 'ts' },
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
  });
  return outputFiles[0].contents;
}

const kib = (bytes) => `${(bytes / KIB).toFixed(1)} KiB`;

for (const { name, exported, max } of PAGES) {
  const code = await bundle(exported);
  const compressed = brotliCompressSync(code).length;
  console.log(
    `${name}: ${kib(code.length)} minified, ${kib(gzipSync(code, { level: 9 }).length)} gzip, ${kib(compressed)} brotli (at most ${max})`,
  );
  if (compressed <= max * KIB) continue;
  console.error(`The engine has grown: ${name} may weigh ${max} KiB by brotli.`);
  process.exitCode = 1;
}
