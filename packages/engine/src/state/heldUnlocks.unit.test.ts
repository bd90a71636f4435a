import { describe, expect, it } from 'vitest';
import { ByteReader } from './byteReader.js';
import { ByteWriter } from './byteWriter.js';
import { HeldUnlocks } from './heldUnlocks.js';

const unlock = { xpReward: 5, value: null, threshold: null, revoked: false, retracted: false, turns: 0 };

function bytesOf(held: HeldUnlocks): number[] {
  const writer = new ByteWriter();
  held.write(writer);
  return [...writer.finish()];
}

describe('the encoding of many unlocks', () => {
  it('is that of the newest, however often it was written before', () => {
    const held = new HeldUnlocks();
    for (let period = 1; period <= 40; period++) {
      held.put('', period, unlock);
      const written = bytesOf(held);
      expect(bytesOf(held)).toEqual(written);
      expect([...HeldUnlocks.read(new ByteReader(Uint8Array.from(written))).entries()]).toHaveLength(period);
    }
    held.put('', 7, { ...unlock, revoked: true, turns: 1 });
    const restored = HeldUnlocks.read(new ByteReader(Uint8Array.from(bytesOf(held))));
    expect(restored.get('', 7)).toMatchObject({ revoked: true, turns: 1 });
    expect(bytesOf(restored)).toEqual(bytesOf(held));
  });

  it('does not depend on where in the bytes of a state it stands', () => {
    const held = new HeldUnlocks();
    for (let period = 1; period <= 20; period++) held.put('gold', period, unlock);
    const alone = bytesOf(held);
    const writer = new ByteWriter();
    writer.text('before');
    held.write(writer);
    expect([...writer.finish()].slice(-alone.length)).toEqual(alone);
  });
});
