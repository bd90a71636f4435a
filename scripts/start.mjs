/** `npm start`: from a fresh clone to a running Cairn. */
import { bootstrap } from './bootstrap.mjs';
import { runStandalone } from './lib/standalone.mjs';

await bootstrap();
await runStandalone(['start', ...process.argv.slice(2)]);
