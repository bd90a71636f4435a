import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { LOG_REFUSAL_MS_MAX } from '../limits.js';
import { LogRefusal } from './LogRefusal.js';

const signs = { serverId: 'one', lastSequence: 7 };
const NO_ROOM = new JetStreamApiError({ code: 503, err_code: 10077, description: 'maximum bytes exceeded' });
/** What a nats-server says after its disk was full: nothing. */
const SILENCE = new errors.TimeoutError();

function aRefusal() {
  const clock = { ms: 0 };
  return { clock, refusal: new LogRefusal(() => clock.ms) };
}

it.each([
  ['the stream is at a limit', NO_ROOM, 'maximum bytes exceeded'],
  ['the disk was full', SILENCE, 'timeout'],
])('tells why nothing is written where %s, and what to do, for as long as nothing is', (_, cause, reason) => {
  const { refusal } = aRefusal();
  expect(refusal.check(signs)).toBeNull();
  refusal.failed(cause);
  expect(refusal.check(signs)).toMatch(/: .*restart nats-server/);
  expect(refusal.check(signs)).toContain(`the log takes nothing (${reason})`);
  expect(refusal.check(signs)).not.toBeNull();
  refusal.written();
  expect(refusal.check(signs)).toBeNull();
});

it.each([
  ['the server was restarted', { ...signs, serverId: 'another' }],
  ['somebody else has written', { ...signs, lastSequence: 8 }],
])('is over once %s, whoever looks, until it is refused again', (_, later) => {
  const { refusal } = aRefusal();
  refusal.failed(NO_ROOM);
  expect(refusal.check(signs)).not.toBeNull();
  expect(refusal.check(later)).toBeNull();
  refusal.failed(NO_ROOM);
  expect(refusal.check(later)).not.toBeNull();
});

it('is over some time after the last try, so that it is tried again', () => {
  const { clock, refusal } = aRefusal();
  refusal.failed(NO_ROOM);
  clock.ms += LOG_REFUSAL_MS_MAX - 1;
  refusal.failed(NO_ROOM);
  clock.ms += LOG_REFUSAL_MS_MAX - 1;
  expect(refusal.check(signs)).not.toBeNull();
  clock.ms += 1;
  expect(refusal.check(signs)).toBeNull();
});

it.each([
  ['nobody listened', new errors.NoRespondersError('log.00')],
  ['one entry was too large', new JetStreamApiError({ code: 400, err_code: 10054, description: 'message size exceeds maximum allowed' })],
])('remembers nothing where %s', (_, cause) => {
  const { refusal } = aRefusal();
  refusal.failed(cause);
  expect(refusal.check(signs)).toBeNull();
});
