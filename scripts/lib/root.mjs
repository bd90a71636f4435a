import { fileURLToPath } from 'node:url';

/** The top folder of the clone, without a trailing slash. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
