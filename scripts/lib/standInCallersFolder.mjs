import { ROOT } from './root.mjs';

/**
 * npm moves to the top of the clone before it runs a script and leaves in INIT_CWD where it was called.
 * Relative paths on the command line mean that folder. Without npm there is nothing to undo.
 */
export function standInCallersFolder() {
  const callersFolder = process.env.INIT_CWD;
  if (callersFolder && process.cwd() === ROOT) process.chdir(callersFolder);
}
