import { CairnError } from '@cairn/contracts';
import { StoreError } from '@cairn/store';
import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { asUnavailable } from './asUnavailable.js';

it.each([
  ['a database that is away', new StoreError('connection', 'away')],
  ['NATS that does not answer', new errors.TimeoutError()],
  ['a stream without a leader', Object.assign(new Error('no responders'), { name: 'JetStreamNotEnabled' })],
  ['a stream that is full', new JetStreamApiError({ code: 503, err_code: 10_077, description: 'maximum bytes exceeded' })],
])('%s is a 503, to be tried again', (_, error) => {
  expect(asUnavailable(error)).toMatchObject({ code: 'unavailable', cause: error, retryAfterSeconds: 1 });
});

it.each([
  ['a mistake in what was asked of JetStream', new JetStreamApiError({ code: 400, err_code: 10_003, description: 'bad request' })],
  ['data that the database does not take', new StoreError('invalid_data', 'no')],
  ['an error of ours', new CairnError('not_found', 'no')],
])('%s stays what it is', (_, error) => {
  expect(asUnavailable(error)).toBe(error);
});
