import { expect, it } from 'vitest';
import { LOOKUP_BATCHES_MAX, LOOKUP_BATCHES_MIN } from '../limits.js';
import { LookUps } from './LookUps.js';

/** How many batches are looked up in a row when nothing turns up. */
function count(lookUps: LookUps): number {
  let batches = 0;
  while (lookUps.next()) batches++;
  return batches;
}

it('looks the first batches up, and more after each refusal, up to a bound', () => {
  const lookUps = new LookUps();
  expect(count(lookUps)).toBe(LOOKUP_BATCHES_MIN);
  lookUps.refused();
  expect(count(lookUps)).toBe(2 * LOOKUP_BATCHES_MIN);
  for (let i = 0; i < 10; i++) lookUps.refused();
  expect(count(lookUps)).toBe(LOOKUP_BATCHES_MAX);
  lookUps.begin();
  expect(count(lookUps)).toBe(LOOKUP_BATCHES_MIN);
});

it('goes on for as long as something turns up', () => {
  const lookUps = new LookUps();
  for (let i = 0; i < 10; i++) {
    expect(lookUps.next()).toBe(true);
    lookUps.told(1);
  }
  expect(count(lookUps)).toBe(LOOKUP_BATCHES_MIN);
  lookUps.told(0);
  expect(lookUps.next()).toBe(false);
});
