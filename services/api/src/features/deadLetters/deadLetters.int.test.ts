import {
  admitEvent,
  deadLetterSubject,
  encodeEventBatch,
  encodeLetteredEvent,
  originAdmissionOf,
  partitionOf,
  readTries,
  triesHeaders,
} from '@cairn/contracts';
import { type JetStreamManager, jetstream, jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import { headers as newHeaders } from '@nats-io/transport-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, ApiHarness, PARTITIONS } from '../../testing/ApiHarness.js';

const PATH = '/v1/admin/dead-letters';
let harness: ApiHarness;
let manager: JetStreamManager;
let operator: string;
let acme: string;

beforeAll(async () => {
  harness = await ApiHarness.open();
  // What stands in the log here is not all for it.
  await harness.folder.pause();
  manager = await jetstreamManager(harness.nats);
  operator = await harness.token('default', ['dlq:read', 'dlq:write', 'operator']);
  acme = await harness.token('acme', ['dlq:read', 'dlq:write']);
});
beforeEach(() => manager.streams.purge('CAIRN_DLQ'));
afterAll(() => harness.close());

/** A letter as a door or an evaluator writes it. @returns its id */
async function put(code: string, data: string | Uint8Array, header: Record<string, string | null> = {}): Promise<number> {
  const made = newHeaders();
  const usual = { 'Cairn-Error': 'is wrong', 'Cairn-Origin-Subject': 'events.build.succeeded', 'Cairn-Origin-Sequence': '7' };
  const all = { 'Cairn-Error-Code': code, 'Cairn-Tenant': 'default', 'Cairn-Origin-Headers': '{}', ...usual, ...header };
  for (const [name, value] of Object.entries(all)) if (value !== null) made.set(name, value);
  return (await jetstream(harness.nats).publish(deadLetterSubject(code), data, { headers: made })).seq;
}

interface Body {
  code: string;
  detail: string;
  items: { id: number; result: string; subject?: string; sequence?: number; error?: { code: string; message: string } }[];
  next_cursor: string | null;
}
const answered = ({ status, body }: Answer) => ({ status, body: body as unknown as Body & Record<string, unknown> });
const get = async (path: string, token: string) => answered(await harness.get(`${PATH}${path}`, token));
const post = async (path: string, token: string, body: unknown) => answered(await harness.call('POST', `${PATH}${path}`, { token, body }));
const idsOf = async (query: string, token: string) => (await get(query, token)).body.items.map(({ id }) => id);
const letter = (id: number) => manager.streams.getMessage('CAIRN_DLQ', { seq: id });
const stored = async (stream: string, of: { sequence?: number } | undefined): Promise<StoredMsg> => {
  const message = await manager.streams.getMessage(stream, { seq: of?.sequence ?? 0 });
  if (message === null) throw new Error(`nothing at ${of?.sequence} of ${stream}`);
  return message;
};
const audited = async (action: string) =>
  (
    await harness.database.pool.query(
      'SELECT tenant_id, actor, reason, subject FROM audit JOIN tenants USING (tenant_key) WHERE action = $1',
      [action],
    )
  ).rows as { tenant_id: string; actor: string; reason: string | null; subject: { letter: number; sha256: string } }[];

describe('the list', () => {
  it('says of each letter what it is, why, and what to do', async () => {
    const id = await put('idempotency_conflict', '{"event_id":"e"}', { 'Cairn-Error': 'event_id was used before' });
    const { status, body } = await get('', operator);
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        {
          id,
          at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
          code: 'idempotency_conflict',
          reason: 'event_id was used before',
          meaning: expect.stringContaining('said something else') as string,
          advice: expect.stringContaining('under an id of its own') as string,
          subject: 'events.build.succeeded',
          origin_sequence: 7,
          tenant_id: 'default',
          bytes: 16,
          head: '{"event_id":"e"}',
          redrives: 0,
        },
      ],
      next_cursor: null,
    });
  });

  it('shows a tenant its own letters, and an operator all of them', async () => {
    const own = await put('invalid_event', '{}', { 'Cairn-Tenant': 'acme' });
    const others = await put('invalid_event', '{}');
    const unknown = await put('invalid_json', '{', { 'Cairn-Tenant': null });
    expect(await idsOf('', acme)).toEqual([own]);
    expect(await idsOf('', operator)).toEqual([own, others, unknown]);
    expect((await get(`/${others}`, acme)).status).toBe(404);
    expect((await get(`/${unknown}`, acme)).status).toBe(404);
    expect((await get('/codes', acme)).body.code).toBe('forbidden');
    expect((await get('/codes', operator)).body.items).toMatchObject([
      { code: 'invalid_event', letters: 2 },
      { code: 'invalid_json', letters: 1 },
    ]);
    const outcomes = await post('/discard', acme, { ids: [own, others, unknown], reason: 'mine alone' });
    expect(outcomes.body.items.map(({ result }) => result)).toEqual(['discarded', 'not_found', 'not_found']);
    expect(await idsOf('', operator)).toEqual([others, unknown]);
  });

  it('comes in pages, and by code', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 7; n++) ids.push(await put(n % 2 === 0 ? 'invalid_json' : 'invalid_event', `${n}`));
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await get(`?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, operator);
      expect(page.body.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.next_cursor;
    }
    expect(seen).toEqual(ids);
    expect(await idsOf('?code=invalid_event', operator)).toEqual(ids.filter((_, n) => n % 2 === 1));
    expect(await idsOf('?code=unfoldable_event', operator)).toEqual([]);
    expect(await idsOf(`?after=${ids[4]}`, operator)).toEqual(ids.slice(5));
    for (const query of ['?code=a%20b', '?after=x', '?limit=0', '?cursor=x']) expect((await get(query, operator)).status).toBe(422);
  });

  it('needs a scope, as does what changes it', async () => {
    const reader = await harness.token('default', ['dlq:read']);
    const writer = await harness.token('default', ['dlq:write']);
    const id = await put('invalid_json', '{');
    expect((await get('', writer)).status).toBe(403);
    expect((await get(`/${id}`, writer)).status).toBe(403);
    expect((await post('/redrive', reader, { ids: [id] })).status).toBe(403);
    expect((await post('/discard', reader, { ids: [id], reason: 'no' })).status).toBe(403);
    expect(await letter(id)).not.toBeNull();
  });

  it('is counted for Prometheus', async () => {
    await put('invalid_json', '{');
    const metrics = await (await harness.fetch('/metrics', { method: 'GET', token: operator })).text();
    expect(metrics).toContain('cairn_dead_letters{code="invalid_json"} 1');
  });
});

describe('one letter', () => {
  it('is shown with all of its bytes, its headers and its history', async () => {
    const tries = { count: 4, kept: [{ letter: 3, at: 0, code: 'invalid_json', error: 'was no JSON', redrivenBy: 'ci' }] };
    const data = Buffer.concat([Buffer.from('x'.repeat(500)), Buffer.from([0xff, 0x00])]);
    const origin = JSON.stringify({ 'X-Trace': ['ü'] });
    const id = await put('invalid_json', data, { ...triesHeaders(tries), 'Cairn-Origin-Headers': origin });
    const { body } = await get(`/${id}`, operator);
    expect(body).toMatchObject({
      id,
      bytes: 502,
      redrives: 4,
      head: 'x'.repeat(120),
      headers: { 'X-Trace': ['ü'] },
      body: { text: null, base64: data.toString('base64') },
      history: [{ id: 3, at: '1970-01-01T00:00:00Z', code: 'invalid_json', reason: 'was no JSON', redriven_by: 'ci' }],
      not_redrivable: null,
    });
    const text = await put('invalid_event', '{"ü":1}');
    expect((await get(`/${text}`, operator)).body).toMatchObject({ body: { text: '{"ü":1}' } });
  });

  it('that is not there is not found, and one that has no number is refused', async () => {
    expect((await get('/4000000', operator)).status).toBe(404);
    for (const id of ['x', '0', '-1', '1.5', '99999999999999999999']) expect((await get(`/${id}`, operator)).status).toBe(422);
  });

  it('that anybody has put there without a word is shown as well', async () => {
    const { seq } = await jetstream(harness.nats).publish('dlq.odd', Buffer.from([1]));
    expect((await get(`/${seq}`, operator)).body).toMatchObject({ code: 'internal', subject: '', tenant_id: null, headers: null });
  });
});

describe('a redrive', () => {
  it('puts a message back on its subject: the same bytes and headers, a fresh id, its history', async () => {
    const data = Buffer.from([0x7b, 0xff, 0x0a]);
    const origin = JSON.stringify({
      'Nats-Msg-Id': ['old'],
      'nats-expected-stream': ['OTHER'],
      'X-A': ['ü', 'b'],
      'Content-Type': ['a/b'],
    });
    const id = await put('invalid_json', data, { 'Cairn-Origin-Headers': origin });
    const { body } = await post('/redrive', operator, { ids: [id] });
    expect(body).toEqual({
      items: [{ id, result: 'redriven', subject: 'events.build.succeeded', sequence: expect.any(Number) as number }],
      next_cursor: null,
    });
    const message = await stored('EVENTS', body.items[0]);
    expect(message.subject).toBe('events.build.succeeded');
    expect(Buffer.from(message.data).equals(data)).toBe(true);
    expect([message.header.values('X-A'), message.header.get('Content-Type')]).toEqual([['ü', 'b'], 'a/b']);
    expect(message.header.get('Nats-Msg-Id')).toMatch(/^redrive:/);
    const tries = readTries((name) => message.header.get(name));
    expect(tries).toEqual({ count: 1, kept: [expect.objectContaining({ letter: id, code: 'invalid_json', error: 'is wrong' })] });
    expect(await letter(id)).toBeNull();
    expect(await audited('dead_letter_redriven')).toMatchObject([{ tenant_id: 'default', actor: 'default-test', reason: null }]);
    expect((await post('/redrive', operator, { ids: [id] })).body.items).toEqual([{ id, result: 'not_found' }]);
  });

  it('makes an event of the log an entry of its own, as it stood there', async () => {
    const said = { event_id: 'log-1', type: 'build.succeeded', actor: { user_id: 'ada' }, occurred_at: '2026-04-12T20:00:00Z' };
    const receivedAt = Date.parse('2026-04-12T10:00:00Z');
    const event = admitEvent(said, { tenantId: 'acme', mayWriteTo: () => true, receivedAt });
    const id = await put('unfoldable_event', encodeLetteredEvent(event), {
      'Cairn-Tenant': 'acme',
      'Cairn-Origin-Subject': 'log.0.acme',
      'Cairn-Origin-Headers': null,
      'Cairn-Origin-Index': '3',
      'Cairn-Origin-Admission': originAdmissionOf(event),
    });
    const { body } = await post('/redrive', acme, { code: 'unfoldable_event' });
    const subject = `log.${partitionOf('acme', 'ada', PARTITIONS)}.acme`;
    expect(body.items).toMatchObject([{ id, result: 'redriven', subject }]);
    const entry = await stored('CAIRN_LOG', body.items[0]);
    expect(Buffer.from(entry.data)).toEqual(encodeEventBatch({ tenantId: 'acme', events: [event] }));
    expect(readTries((name) => entry.header.get(name)).count).toBe(1);
  });

  it('puts an entry that could not be read back as it was', async () => {
    const raw = { 'Cairn-Tenant': 'acme', 'Cairn-Origin-Subject': 'log.1.acme', 'Cairn-Origin-Headers': null };
    await put('undecodable_entry', Buffer.from([0xc3, 1, 2]), raw);
    const { body } = await post('/redrive', acme, { all: true });
    const entry = await stored('CAIRN_LOG', body.items[0]);
    expect([entry.subject, [...entry.data]]).toEqual(['log.1.acme', [0xc3, 1, 2]]);
  });

  it('finds headers that the letter had no room for with the original', async () => {
    const origin = newHeaders();
    origin.set('Content-Type', 'avro/binary');
    const original = await jetstream(harness.nats).publish('events.big.one', 'bytes', { headers: origin });
    const header = { 'Cairn-Origin-Headers': null, 'Cairn-Origin-Subject': 'events.big.one', 'Cairn-Origin-Sequence': `${original.seq}` };
    const [there, gone] = [await put('invalid_avro', 'bytes', header), await put('invalid_avro', 'others', header)];
    const { body } = await post('/redrive', operator, { ids: [gone, there] });
    expect(body.items).toMatchObject([
      { id: there, result: 'redriven' },
      { id: gone, result: 'refused', error: { code: 'not_redrivable', message: expect.stringContaining('headers') as string } },
    ]);
    expect((await stored('EVENTS', body.items[0])).header.get('Content-Type')).toBe('avro/binary');
    expect(await letter(gone)).not.toBeNull();
  });

  it('is refused where it could not do what it is for, and the letter stays', async () => {
    const publication = 'log.control.acme.pack_published';
    const { seq } = await jetstream(harness.nats).publish(publication, 'a newer one');
    const refused = [
      await put('unfoldable_event', '{}', { 'Cairn-Origin-Subject': 'log.0.acme', 'Cairn-Origin-Index': '0', 'Cairn-Loop': 'teams' }),
      await put('invalid_pack', '{}', { 'Cairn-Origin-Subject': publication, 'Cairn-Origin-Sequence': `${seq - 1}` }),
      await put('unfoldable_event', '{}', { 'Cairn-Origin-Subject': 'log.0.acme', 'Cairn-Origin-Index': '0' }),
      await put('invalid_json', '{}', { 'Cairn-Origin-Subject': null }),
    ];
    const newest = await put('invalid_pack', '{}', { 'Cairn-Origin-Subject': publication, 'Cairn-Origin-Sequence': `${seq}` });
    expect((await get(`/${refused[0]}`, operator)).body['not_redrivable']).toContain('has counted for its user');
    const { body } = await post('/redrive', operator, { all: true });
    expect(body.items.map(({ id, result }) => [id, result])).toEqual([...refused.map((id) => [id, 'refused']), [newest, 'redriven']]);
    expect(await idsOf('', operator)).toEqual(refused);
  });

  it('of all of a code goes on by cursor, and leaves alone what comes in meanwhile', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 130; n++) ids.push(await put('invalid_json', `${n}`));
    const other = await put('invalid_event', '{}');
    const first = await post('/redrive', operator, { code: 'invalid_json' });
    const back = await put('invalid_json', '0', triesHeaders({ count: 1, kept: [] }));
    const second = await post('/redrive', operator, { code: 'invalid_json', cursor: first.body.next_cursor });
    expect([...first.body.items, ...second.body.items].map(({ id }) => id)).toEqual(ids);
    expect([first.body.items.length, second.body.next_cursor]).toEqual([100, null]);
    expect(await idsOf('', operator)).toEqual([other, back]);
    // In the order in which they came.
    const sequences = first.body.items.map(({ sequence }) => sequence ?? 0);
    expect(sequences).toEqual([...sequences].sort((one, two) => one - two));
  });
});

describe('a discard', () => {
  it('removes for good, and says why in the audit of the tenant', async () => {
    await harness.token('acme');
    const id = await put('invalid_event', '{"a":1}', { 'Cairn-Tenant': 'acme', 'Cairn-Error': 'a\u0007b' });
    const { body } = await post('/discard', operator, { ids: [id], reason: ' the producer is gone ' });
    expect(body.items).toEqual([{ id, result: 'discarded' }]);
    expect(await letter(id)).toBeNull();
    const entries = (await audited('dead_letter_discarded')).filter(({ subject }) => subject.letter === id);
    expect(entries).toMatchObject([{ tenant_id: 'acme', actor: 'default-test', reason: 'the producer is gone', subject: { bytes: 7 } }]);
    expect(entries[0]?.subject.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    [{}],
    [{ reason: 'x' }],
    [{ all: true }],
    [{ all: true, reason: ' ' }],
    [{ all: true, reason: 'a\0b' }],
    [{ all: true, code: 'invalid_json', reason: 'x' }],
    [{ all: false, reason: 'x' }],
    [{ ids: [], reason: 'x' }],
    [{ ids: [0], reason: 'x' }],
    [{ ids: ['1'], reason: 'x' }],
    [{ ids: Array.from({ length: 101 }, (_, n) => n + 1), reason: 'x' }],
    [{ code: 'dlq.>', reason: 'x' }],
    [{ all: true, cursor: 'x', reason: 'x' }],
    [{ all: true, reason: 'x', colour: 1 }],
    [[]],
    [null],
  ])('is refused for %j, and nothing is removed', async (request) => {
    const id = await put('invalid_json', '{');
    expect((await post('/discard', operator, request)).status).toBe(422);
    expect(await letter(id)).not.toBeNull();
  });
});
