/**
 * `npm run -s cairn -- <arguments>`: the command line, from a clone. Builds only what is not there at all, so that
 * the command answers at once; nothing but its own output goes to stdout.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { ROOT } from './lib/root.mjs';
import { runStandalone, STANDALONE } from './lib/standalone.mjs';
import { standInCallersFolder } from './lib/standInCallersFolder.mjs';

if (!existsSync(STANDALONE) || !existsSync(join(ROOT, 'node_modules'))) await bootstrap();
standInCallersFolder();
await runStandalone(process.argv.slice(2));
