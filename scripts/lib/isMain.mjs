import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} url the caller's `import.meta.url` @returns {boolean} whether node was started with that file */
export function isMain(url) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(url);
}
