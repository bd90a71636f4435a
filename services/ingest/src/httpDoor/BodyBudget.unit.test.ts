import { BODY_BYTES_MAX } from '@cairn/contracts';
import { describe, expect, it } from 'vitest';
import { BodyBudget } from './BodyBudget.js';

const forever = () => new Promise<never>(() => undefined);
const done = () => Promise.resolve('done');

describe('BodyBudget', () => {
  it('holds bodies up to its bound, and lets go of each when it is done with', async () => {
    const budget = new BodyBudget(100);
    for (let n = 0; n < 10; n++) expect(await budget.hold('60', done)).toBe('done');
    await expect(budget.hold('60', () => Promise.reject(new Error('invalid')))).rejects.toThrow('invalid');
    void budget.hold('60', forever);
    await expect(budget.hold('60', done)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await budget.hold('40', done)).toBe('done');
  });

  it('takes a body that is larger than the bound where it is the only one', async () => {
    expect(await new BodyBudget(100).hold('5000', done)).toBe('done');
  });

  it('counts one that does not say its length as the largest', async () => {
    const budget = new BodyBudget(BODY_BYTES_MAX + 10);
    void budget.hold(undefined, forever);
    expect(await budget.hold('10', done)).toBe('done');
    await expect(budget.hold('11', done)).rejects.toMatchObject({ code: 'overloaded' });
  });
});
