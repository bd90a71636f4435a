import { expect, it } from 'vitest';
import { LogRefusal } from './LogRefusal.js';

const signs = { serverId: 'one', lastSequence: 7 };

it('tells why nothing is written, and what to do, for as long as nothing is', () => {
  const refusal = new LogRefusal();
  expect(refusal.check(signs)).toBeNull();
  refusal.refused(new Error('no space left on device'));
  expect(refusal.check(signs)).toMatch(/^the log takes nothing \(no space left on device\): .*restart nats-server/);
  expect(refusal.check(signs)).not.toBeNull();
  refusal.written();
  expect(refusal.check(signs)).toBeNull();
});

it.each([
  ['the server was restarted', { ...signs, serverId: 'another' }],
  ['somebody else has written', { ...signs, lastSequence: 8 }],
])('is over once %s, whoever looks, until it is refused again', (_, later) => {
  const refusal = new LogRefusal();
  refusal.refused(new Error('no space left on device'));
  expect(refusal.check(signs)).not.toBeNull();
  expect(refusal.check(later)).toBeNull();
  refusal.refused(new Error('no space left on device'));
  expect(refusal.check(later)).not.toBeNull();
});
