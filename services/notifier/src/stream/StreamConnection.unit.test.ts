import { describe, expect, it } from 'vitest';
import type { StreamedUnlock } from '../tail/streamedUnlock.js';
import { StreamConnection } from './StreamConnection.js';

const filter = { tenantId: 't', userId: null, progress: true, backfilled: false };

function entry(sequence: number, more: Partial<StreamedUnlock> = {}): StreamedUnlock {
  return {
    sequence,
    kind: 'unlock',
    unlockId: `u${sequence}`,
    tenantId: 't',
    userId: 'ann',
    teamId: null,
    backfilled: false,
    json: `${sequence}`,
    ...more,
  };
}

function open(sseQueueMax: number, abort?: () => void): StreamConnection {
  return new StreamConnection(filter, { sseQueueMax, retryMs: 1000, abort });
}

async function readAll(connection: StreamConnection): Promise<string> {
  return new Response(connection.body).text();
}

describe('one reader', () => {
  it('gets each entry once, in order, and nothing that is not for it', async () => {
    const connection = open(10);
    for (const sequence of [3, 5, 4, 5, 7]) connection.deliver(entry(sequence));
    connection.deliver(entry(8, { tenantId: 'other' }));
    connection.deliver(entry(9, { backfilled: true }));
    connection.deliver(entry(10, { kind: 'revoke', backfilled: true }));
    expect(connection.sentThrough).toBe(10);
    connection.close('shutdown');
    expect(await connection.closed).toBe('shutdown');
    expect(await readAll(connection)).toBe('');
    const another = open(10);
    const text = readAll(another);
    for (const sequence of [3, 5, 4, 5, 7]) another.deliver(entry(sequence));
    await another.roomToSend();
    // The chunk has been handed over once a further turn of the loop has passed.
    await new Promise((resolve) => setImmediate(resolve));
    another.close('shutdown');
    expect((await text).match(/^id: \d+$/gm)).toEqual(['id: 3', 'id: 5', 'id: 7']);
  });

  it('is cut off by the one frame too many, once', async () => {
    let aborted = 0;
    const connection = open(3, () => {
      aborted++;
    });
    for (let sequence = 1; sequence <= 10; sequence++) connection.deliver(entry(sequence));
    expect(await connection.closed).toBe('reader_too_slow');
    expect(aborted).toBe(1);
    connection.close('shutdown');
    expect(await connection.closed).toBe('reader_too_slow');
  });

  it('is cut off when it takes nothing between two ticks though something waits', async () => {
    const connection = open(10);
    connection.tick();
    expect(connection.isClosed).toBe(true);
    expect(await connection.closed).toBe('reader_stalled');
  });

  it('tells that it left', async () => {
    const connection = open(10);
    await connection.body.cancel();
    expect(await connection.closed).toBe('reader_left');
    connection.deliver(entry(1));
    connection.tick();
  });
});
