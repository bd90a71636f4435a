/** `npm run demo -- <path of a git repository>`: that repository's history as events, and what people unlocked. */
import { bootstrap } from './bootstrap.mjs';
import { runStandalone } from './lib/standalone.mjs';
import { standInCallersFolder } from './lib/standInCallersFolder.mjs';

await bootstrap({ quiet: !process.stderr.isTTY });
standInCallersFolder();
await runStandalone(['demo', ...process.argv.slice(2)]);
