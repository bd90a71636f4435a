import { isEventId } from '@cairn/contracts';
import { describe, expect, it } from 'vitest';
import { createEventId } from './createEventId.js';

describe('createEventId', () => {
  it('is a UUIDv7 that begins with the time', () => {
    const id = createEventId(0x0123456789ab);
    expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isEventId(id)).toBe(true);
  });

  it('never comes twice, and sorts by time', () => {
    const ids = Array.from({ length: 10_000 }, () => createEventId(1));
    expect(new Set(ids).size).toBe(ids.length);
    expect(createEventId(1) < createEventId(2)).toBe(true);
  });
});
