import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { LOG_REFUSAL_MS_MAX } from '../limits.js';
import { LogRefusal } from './LogRefusal.js';

const signs = { serverId: 'one', lastSequence: 7 };
const DISK_FULL = new JetStreamApiError({ code: 503, err_code: 10077, description: 'no space left on device' });

function aRefusal() {
  const clock = { ms: 0 };
  return { clock, refusal: new LogRefusal(() => clock.ms) };
}

it('tells why nothing is written, and what to do, for as long as nothing is', () => {
  const { refusal } = aRefusal();
  expect(refusal.check(signs)).toBeNull();
  refusal.failed(DISK_FULL);
  expect(refusal.check(signs)).toMatch(/^the log takes nothing \(no space left on device\): .*restart nats-server/);
  expect(refusal.check(signs)).not.toBeNull();
  refusal.written();
  expect(refusal.check(signs)).toBeNull();
});

it.each([
  ['the server was restarted', { ...signs, serverId: 'another' }],
  ['somebody else has written', { ...signs, lastSequence: 8 }],
])('is over once %s, whoever looks, until it is refused again', (_, later) => {
  const { refusal } = aRefusal();
  refusal.failed(DISK_FULL);
  expect(refusal.check(signs)).not.toBeNull();
  expect(refusal.check(later)).toBeNull();
  refusal.failed(DISK_FULL);
  expect(refusal.check(later)).not.toBeNull();
});

it('is over some time after the last try, so that it is tried again', () => {
  const { clock, refusal } = aRefusal();
  refusal.failed(DISK_FULL);
  clock.ms += LOG_REFUSAL_MS_MAX - 1;
  refusal.failed(DISK_FULL);
  clock.ms += LOG_REFUSAL_MS_MAX - 1;
  expect(refusal.check(signs)).not.toBeNull();
  clock.ms += 1;
  expect(refusal.check(signs)).toBeNull();
});

it.each([
  ['nobody answered in time', new errors.TimeoutError()],
  ['nobody listened', new errors.NoRespondersError('log.00')],
  ['one entry was too large', new JetStreamApiError({ code: 400, err_code: 10054, description: 'message size exceeds maximum allowed' })],
])('remembers nothing where %s', (_, cause) => {
  const { refusal } = aRefusal();
  refusal.failed(cause);
  expect(refusal.check(signs)).toBeNull();
});
