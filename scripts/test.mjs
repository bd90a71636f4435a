/** `npm test`: everything installed and built, then every test. Further arguments go to vitest. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import { ROOT } from './lib/root.mjs';

await bootstrap();
const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
process.argv = [process.execPath, vitest, 'run', ...process.argv.slice(2)];
await import(pathToFileURL(vitest).href);
