/**
 * `node scripts/count-tests.mjs <report> <exit code>`: prints how many tests passed and failed, `<passed> <failed>`, by
 * vitest's JSON report. A file that could not be run at all counts as one failure, and so does a run that failed although every
 * test passed (an unhandled error, a server that could not be started, no report).
 */
import { existsSync, readFileSync } from 'node:fs';

const [path, exitCode] = process.argv.slice(2);
const files = path && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).testResults : [];

let passed = 0;
let failed = 0;
for (const file of files) {
  const statuses = file.assertionResults.map((test) => test.status);
  passed += statuses.filter((status) => status === 'passed').length;
  const failedHere = statuses.filter((status) => status === 'failed').length;
  failed += failedHere === 0 && file.status === 'failed' ? 1 : failedHere;
}
if (failed === 0 && exitCode !== '0') failed = 1;
process.stdout.write(`${passed} ${failed}\n`);
