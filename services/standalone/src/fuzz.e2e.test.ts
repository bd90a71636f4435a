import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const FUZZ = fileURLToPath(new URL('../../../bench/dist/fuzzMain.js', import.meta.url));
const REQUESTS = 1_500;
const TIMEOUT_MS = 400_000;

// proves: bad-input-breaks-nothing
it(
  'answers what nobody should send without a 5xx, and loses or halves no event of it',
  async () => {
    const fuzz = await promisify(execFile)(process.execPath, [FUZZ, '--requests', String(REQUESTS), '--seed', '1'], {
      timeout: TIMEOUT_MS - 10_000,
    }).catch((error: unknown) => error as { stdout: string });
    expect(fuzz.stdout).toContain('nothing lost, nothing broken');
  },
  TIMEOUT_MS,
);
