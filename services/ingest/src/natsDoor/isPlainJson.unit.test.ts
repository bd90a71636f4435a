import { describe, expect, it } from 'vitest';
import type { DoorMessage } from './DoorMessage.js';
import { isPlainJson } from './isPlainJson.js';

const BODY = '{"type":"build.succeeded"}';

/** As the client holds it. */
function message(head: string | null): DoorMessage {
  const bytes = Buffer.from(`before${head ?? ''}${BODY}`).subarray('before'.length);
  return { msg: { _rdata: bytes, _msg: { hdr: head === null ? -1 : Buffer.byteLength(head) } } } as unknown as DoorMessage;
}

const headed = (...lines: string[]): DoorMessage => message(['NATS/1.0', ...lines, '', ''].join('\r\n'));

describe('isPlainJson', () => {
  it.each([
    ['no headers', message(null)],
    ['none in them', headed()],
    ['an id', headed('Nats-Msg-Id: evt_1')],
    ['the type of its content', headed('Nats-Msg-Id: evt_1', 'Content-Type: application/json', 'Nats-Expected-Stream:EVENTS')],
    ['that type in other letters', headed('content-type:application/json')],
  ])('is sure of a message with %s', (_, plain) => {
    expect(isPlainJson(plain)).toBe(true);
  });

  it.each([
    ['another type', headed('Content-Type: avro/binary')],
    ['a type with parameters', headed('Content-Type: application/json; charset=latin1')],
    ['two types', headed('Content-Type: application/json', 'CONTENT-TYPE: avro/binary')],
    ['an attribute of a CloudEvent', headed('Nats-Msg-Id: evt_1', 'Ce-SpecVersion: 1.0')],
    ['a status', message('NATS/1.0 503 No Responders\r\n\r\n')],
    ['a name that is none', headed('Wh at: ever')],
    ['a line without a name', headed('whatever')],
    ['a value beyond ASCII', headed('Name: Jürgen')],
    ['no end of its headers', message('NATS/1.0\r\nName: value\r\n')],
  ])('is not sure of a message with %s', (_, other) => {
    expect(isPlainJson(other)).toBe(false);
  });

  it('is not sure where the client holds it in another way', () => {
    expect(isPlainJson({ msg: {} } as unknown as DoorMessage)).toBe(false);
    expect(isPlainJson({} as unknown as DoorMessage)).toBe(false);
  });
});
