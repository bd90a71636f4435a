#!/usr/bin/env node
/**
 * npm run check:size: what the engine weighs in a browser, minified and compressed, by what a page asks of it. Exits 1 where
 * something weighs more than its bound.
 */
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const KB = 1_000;
const FOLDING = ['parsePack', 'Catalogue', 'fold', 'progress', 'emptyState', 'encodeState', 'decodeState'];
/**
 * The first is what every page that counts needs, with CEL, its regular expressions and all time zones, and is promised. The second
 * has a bound so that it does not grow unseen. Bounds in bytes, by brotli.
 */
const PAGES = [
  { name: 'packs, folding, progress and states', exported: FOLDING, bytesMax: 60_000 },
  { name: 'the same with explanations', exported: [...FOLDING, 'explain'], bytesMax: 70_000 },
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

const kb = (bytes) => `${(bytes / KB).toFixed(1)} KB`;

for (const { name, exported, bytesMax } of PAGES) {
  const code = await bundle(exported);
  const compressed = brotliCompressSync(code).length;
  const gzipped = gzipSync(code, { level: 9 }).length;
  console.log(`${name}: ${kb(compressed)} brotli (at most ${kb(bytesMax)}), ${kb(gzipped)} gzip, ${kb(code.length)} minified`);
  if (compressed <= bytesMax) continue;
  console.error(`The engine has grown: ${name} may weigh ${kb(bytesMax)} by brotli.`);
  process.exitCode = 1;
}
