import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './root.mjs';

/** The program that holds all parts and the command line. */
export const STANDALONE = join(ROOT, 'services', 'standalone', 'dist', 'main.js');

/**
 * Becomes that program, in this process rather than in a child: signals, exit code, stdin and stdout
 * are its own, and nothing stands in between that could be killed alone.
 *
 * @param {string[]} args its command line
 */
export async function runStandalone(args) {
  process.argv = [process.execPath, STANDALONE, ...args];
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(STANDALONE).href);
}
