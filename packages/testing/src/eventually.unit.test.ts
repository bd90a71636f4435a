import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('returns what the check returns once it no longer throws', async () => {
    let calls = 0;
    const result = await eventually(() => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
      return 'now';
    });
    expect([result, calls]).toEqual(['now', 3]);
  });

  it('fails with the last error of the check', async () => {
    let calls = 0;
    const check = (): never => {
      calls += 1;
      throw new Error(`attempt ${calls}`);
    };
    await expect(eventually(check, { timeoutMs: 50 })).rejects.toThrow(/^attempt \d+$/);
    expect(calls).toBeGreaterThan(1);
  });

  it('does not wait for a check that never returns', async () => {
    await expect(eventually(() => new Promise(() => undefined), { timeoutMs: 20 })).rejects.toThrow('did not even return');
  });
});
