import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { connectNats, createLogger } from '@cairn/runtime';
import { eventually, type FreshDatabase, type FreshNats, freshDatabase, freshNats } from '@cairn/testing';
import { type JetStreamClient, jetstream, type StoredMsg } from '@nats-io/jetstream';
import { headers as newHeaders } from '@nats-io/transport-node';
import avsc from 'avsc';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migratedDatabase, TestIngest } from '../testing/TestIngest.js';

const OCCURRED_AT = '2026-04-12T10:15:00Z';
const TYPE = 'build.succeeded';
const event = (said: Record<string, unknown> = {}) => ({
  event_id: randomUUID(),
  type: TYPE,
  actor: { user_id: 'ada' },
  occurred_at: OCCURRED_AT,
  ...said,
});

describe('the NATS door', () => {
  let nats: FreshNats;
  let database: FreshDatabase;
  let ingest: TestIngest;
  let jetStream: JetStreamClient;

  beforeAll(async () => {
    [nats, database] = await Promise.all([freshNats(), freshDatabase(migratedDatabase)]);
    ingest = await TestIngest.start({ natsUrl: nats.url, databaseUrl: database.url }, { natsTenants: ['default', 'second'] });
    jetStream = jetstream(ingest.nats);
  });
  afterAll(async () => {
    await ingest.stop();
    await Promise.all([nats.drop(), database.drop()]);
  });

  const publish = (type: string, body: unknown, headers: Record<string, string> = {}) => {
    const hdrs = newHeaders();
    for (const [name, value] of Object.entries(headers)) hdrs.set(name, value);
    const data = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return jetStream.publish(`events.${type}`, data, { headers: hdrs });
  };
  const settled = () => eventually(async () => expect(await ingest.backlog()).toBe(0));
  const loggedAs = async (eventId: string) => (await ingest.logged()).filter((logged) => logged.eventId === eventId);
  /** The one letter about the message that this makes. */
  const letterAbout = async (publishing: Promise<{ seq: number }>): Promise<StoredMsg> => {
    const { seq } = await publishing;
    await settled();
    const letters = (await ingest.deadLetters()).filter(({ header }) => header.get('Cairn-Origin-Sequence') === String(seq));
    expect(letters).toHaveLength(1);
    return letters[0]!;
  };

  it('takes an event as JSON from a plain producer', async () => {
    const sent = event({ properties: { step: 'ü' } });
    ingest.nats.publish(`events.${TYPE}`, JSON.stringify(sent));
    await eventually(async () => expect(await loggedAs(sent.event_id)).toMatchObject([{ type: TYPE, propertiesJson: '{"step":"ü"}' }]));
    await settled();
  });

  it('takes an event as Avro, under any fingerprint of its schema', async () => {
    const text = await readFile(new URL('../../../../schemas/event.avsc', import.meta.url), 'utf8');
    const type = avsc.Type.forSchema(JSON.parse(text) as avsc.Schema);
    const id = randomUUID();
    const bytes = type.toBuffer({
      event_id: id,
      idempotency_key: null,
      type: TYPE,
      actor: { user_id: 'ada', tenant_id: null, team_id: 'platform' },
      source: null,
      occurred_at: Date.parse(OCCURRED_AT),
      properties: '{"n":1}',
      schema_version: 1,
    });
    const sha256 = type.fingerprint('sha256').toString('hex');
    await publish(TYPE, bytes, { 'Content-Type': 'avro/binary', 'Avro-Fingerprint': sha256.toUpperCase() });
    await settled();
    expect(await loggedAs(id)).toMatchObject([
      { userId: 'ada', teamId: 'platform', propertiesJson: '{"n":1}', occurredAt: Date.parse(OCCURRED_AT) },
    ]);

    const code = async (body: Buffer, headers: Record<string, string>) =>
      (await letterAbout(publish(TYPE, body, { 'Content-Type': 'avro/binary', ...headers }))).header.get('Cairn-Error-Code');
    expect(await code(bytes, {})).toBe('unknown_schema');
    expect(await code(bytes, { 'Avro-Fingerprint': '00' })).toBe('unknown_schema');
    expect(await code(bytes.subarray(0, 20), { 'Avro-Fingerprint': sha256 })).toBe('invalid_avro');
  });

  it('takes CloudEvents, structured and binary', async () => {
    const attributes = { specversion: '1.0', type: TYPE, source: 'ci', subject: 'gräfin ada', time: OCCURRED_AT };
    const [structured, binary] = [randomUUID(), randomUUID()];
    await publish(TYPE, { ...attributes, id: structured, data: { n: 1 } }, { 'Content-Type': 'application/cloudevents+json' });
    const headers = Object.entries({ ...attributes, id: binary }).map(([name, value]) => [`ce-${name}`, encodeURIComponent(value)]);
    await publish(TYPE, { n: 1 }, Object.fromEntries(headers) as Record<string, string>);
    await settled();
    for (const id of [structured, binary]) {
      expect(await loggedAs(id)).toMatchObject([{ userId: 'gräfin ada', propertiesJson: '{"n":1}', source: { app: 'ci' } }]);
    }
  });

  it('acknowledges a duplicate, and leaves the log and the dead letters alone', async () => {
    const sent = event();
    const letters = (await ingest.deadLetters()).length;
    for (let n = 0; n < 3; n++) await publish(TYPE, sent);
    await settled();
    expect(await loggedAs(sent.event_id)).toHaveLength(1);
    expect((await ingest.deadLetters()).length).toBe(letters);
  });

  // proves: duplicate-changes-nothing
  it('is one effect with the HTTP door, though ten come at once over both', async () => {
    const sent = event();
    const [answers] = await Promise.all([
      Promise.all(Array.from({ length: 5 }, () => ingest.post(sent))),
      Promise.all(Array.from({ length: 5 }, () => publish(TYPE, sent))),
    ]);
    await settled();
    const logged = await loggedAs(sent.event_id);
    expect(logged).toHaveLength(1);
    for (const { status, body } of answers) {
      expect([status, body.event_id, body.sequence]).toEqual([202, sent.event_id, logged[0]?.sequence]);
    }
    expect(answers.filter(({ body }) => body.status === 'accepted').length).toBeLessThanOrEqual(1);
  });

  it('leaves alone what is published on its own subjects', async () => {
    const [log, letters] = [(await ingest.logged()).length, (await ingest.deadLetters()).length];
    await publish('achievement.unlocked', event({ type: 'achievement.unlocked' }));
    await publish('realtime.achievement_unlocked.default.ada', 'no event at all');
    await settled();
    expect([(await ingest.logged()).length, (await ingest.deadLetters()).length]).toEqual([log, letters]);
  });

  describe('dead letters', () => {
    it('hold the original bytes, and what a redrive needs', async () => {
      const original = Buffer.from([0x7b, 0xff, 0x00, 0x22, 0x0a]);
      const publishing = publish(TYPE, original, { 'Nats-Msg-Id': randomUUID(), 'X-Trace': 'a "b" ü' });
      const letter = await letterAbout(publishing);
      const { seq } = await publishing;
      expect(letter.subject).toBe('dlq.invalid_json');
      expect(Buffer.from(letter.data).equals(original)).toBe(true);
      expect(letter.header.get('Cairn-Error-Code')).toBe('invalid_json');
      expect(letter.header.get('Cairn-Error')).toContain('UTF-8');
      expect(letter.header.get('Cairn-Origin-Subject')).toBe(`events.${TYPE}`);
      expect(letter.header.get('Cairn-Origin-Sequence')).toBe(String(seq));
      const origin = JSON.parse(letter.header.get('Cairn-Origin-Headers')) as Record<string, string[]>;
      expect(Object.keys(origin).sort()).toEqual(['Nats-Msg-Id', 'X-Trace']);
      expect(origin['X-Trace']).toEqual(['a "b" ü']);
    });

    it.each<[string, string, unknown, Record<string, string>, string]>([
      ['another type than its subject', 'build.failed', event(), {}, 'subject_type_mismatch'],
      ['no type', TYPE, event({ type: undefined }), {}, 'invalid_event'],
      ['an unknown field', TYPE, event({ colour: 'red' }), {}, 'unknown_field'],
      ['a tenant that is not for this door', TYPE, event({ actor: { user_id: 'ada', tenant_id: 'third' } }), {}, 'tenant_forbidden'],
      ['a type of one token', 'build', event({ type: 'build' }), {}, 'invalid_event'],
      ['large properties', TYPE, event({ properties: { text: 'x'.repeat(9_000) } }), {}, 'properties_too_large'],
      ['a lot of padding', TYPE, `${JSON.stringify(event())}${' '.repeat(70_000)}`, {}, 'event_too_large'],
      ['nothing', TYPE, '', {}, 'invalid_json'],
      ['another content type', TYPE, event(), { 'Content-Type': 'text/xml' }, 'unsupported_media_type'],
      ['half a CloudEvent', TYPE, {}, { 'ce-specversion': '1.0', 'ce-id': 'x' }, 'invalid_cloudevent'],
    ])('get a message with %s', async (...[, type, body, headers, code]) => {
      const letter = await letterAbout(publish(type, body, headers));
      expect([letter.subject, letter.header.get('Cairn-Error-Code')]).toEqual([`dlq.${code}`, code]);
      expect(Buffer.from(letter.data).toString()).toBe(typeof body === 'string' ? body : JSON.stringify(body));
    });

    // proves: conflict-is-told
    it('get a conflict', async () => {
      const sent = event();
      await publish(TYPE, sent);
      const letter = await letterAbout(publish(TYPE, { ...sent, properties: { n: 1 } }));
      expect(letter.header.get('Cairn-Error-Code')).toBe('idempotency_conflict');
      expect(await loggedAs(sent.event_id)).toHaveLength(1);
    });

    it('get a message whose headers are none, once and for all', async () => {
      const head = 'NATS/1.0\r\nA B: c\r\n\r\n';
      const { hostname, port } = new URL(nats.url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `CONNECT {"verbose":false,"headers":true}\r\nHPUB events.odd.headers ${head.length} ${head.length + 2}\r\n${head}{}\r\nPING\r\n`,
      );
      await once(socket, 'data');
      await eventually(async () => {
        const letters = (await ingest.deadLetters()).filter(({ header }) => header.get('Cairn-Origin-Subject') === 'events.odd.headers');
        expect(letters.map(({ subject, header }) => [subject, header.has('Cairn-Origin-Headers')])).toEqual([
          ['dlq.invalid_headers', false],
        ]);
      });
      socket.destroy();
      await settled();
    });

    it('say whose they are, where that is certain', async () => {
      const tenantOf = async (body: unknown) => (await letterAbout(publish(TYPE, body))).header.get('Cairn-Tenant');
      expect(await tenantOf(event({ colour: 'red' }))).toBe('default');
      expect(await tenantOf(event({ colour: 'red', actor: { user_id: 'ada', tenant_id: 'second' } }))).toBe('second');
      expect(await tenantOf(event({ actor: { user_id: 'ada', tenant_id: 'third' } }))).toBe('');
      expect(await tenantOf(event({ actor: { user_id: 'ada', tenant_id: ['second'] } }))).toBe('');
      expect(await tenantOf('{')).toBe('');
    });

    it('tell of the tries before, apart from the headers of the producer', async () => {
      const history = JSON.stringify([{ letter: 7, at: 1, code: 'invalid_json', error: 'no', redrivenBy: 'ci' }]);
      const headers = { 'X-A': 'b', 'Cairn-Redrives': '3', 'Cairn-Redrive-History': history };
      const { header } = await letterAbout(publish(TYPE, '{', headers));
      expect([header.get('Cairn-Redrives'), header.get('Cairn-Redrive-History')]).toEqual(['3', history]);
      expect(JSON.parse(header.get('Cairn-Origin-Headers'))).toEqual({ 'X-A': ['b'] });
      const made = await letterAbout(publish(TYPE, '{', { 'Cairn-Redrives': 'many', 'Cairn-Redrive-History': 'x' }));
      expect(made.header.has('Cairn-Redrives')).toBe(false);
    });

    it('are not written twice, though everything is delivered again', async () => {
      const sent = event();
      await publish(TYPE, sent);
      await letterAbout(publish(TYPE, event({ colour: 'red' })));
      const [log, letters] = [await ingest.logged(), await ingest.deadLetters()];
      const before = await ingest.counted('nats');
      const manager = await jetStream.jetstreamManager();
      await manager.consumers.delete('EVENTS', 'ingest');
      // The consumer is made anew by the subscription, and begins with the oldest message.
      await eventually(async () => expect((await ingest.counted('nats')).rejected).toBe(2 * (before.rejected ?? 0)), { timeoutMs: 30_000 });
      await settled();
      expect(await ingest.logged()).toHaveLength(log.length);
      expect(await ingest.deadLetters()).toHaveLength(letters.length);
    });

    it('say what is wrong in one line, whatever the producer wrote', async () => {
      const field = `a\r\nNats-Msg-Id: x ${'y'.repeat(5_000)}`;
      const letter = await letterAbout(publish(TYPE, event({ [field]: 1 })));
      expect(letter.header.get('Nats-Msg-Id')).not.toBe('x');
      expect(letter.header.get('Cairn-Error')).toMatch(/^a Nats-Msg-Id: x y+…$/);
      expect([...letter.header.get('Cairn-Error')].length).toBeLessThanOrEqual(1_000);
    });

    it('hold the largest message that the door takes', async () => {
      const limit = (ingest.nats.info?.max_payload ?? 0) - 16 * 1024 - 200;
      const letter = await letterAbout(publish(TYPE, Buffer.alloc(limit, 0x20), { 'X-A': 'b' }));
      expect(letter.data.length).toBe(limit);
    });
  });

  it('takes events for each tenant that it is open for', async () => {
    const sent = event({ actor: { user_id: 'ada', tenant_id: 'second' } });
    await publish(TYPE, sent);
    await settled();
    expect(await loggedAs(sent.event_id)).toMatchObject([{ tenantId: 'second' }]);
  });

  it('shares the work with another replica, which leaves nothing undone when it stops', async () => {
    const events = Array.from({ length: 300 }, (_, n) => event({ actor: { user_id: `user-${n % 7}` } }));
    const second = await TestIngest.start({ natsUrl: nats.url, databaseUrl: database.url });
    const published = Promise.all(events.map((each) => publish(TYPE, each)));
    await eventually(async () => expect((await second.counted('nats'))['accepted']).toBeGreaterThan(0));
    await second.stop();
    await published;
    // Well before the ack wait of a message that was delivered and forgotten.
    await settled();
    const ids = new Set((await ingest.logged()).map(({ eventId }) => eventId));
    expect(events.filter(({ event_id: id }) => !ids.has(id))).toEqual([]);
  });

  it('takes what came in while nobody was there', async () => {
    await ingest.stop();
    const producer = await connectNats({
      url: nats.url,
      name: 'producer',
      log: createLogger({ name: 'producer', level: 'silent', pretty: 'off' }),
    });
    const sent = event();
    await jetstream(producer).publish(`events.${TYPE}`, JSON.stringify(sent));
    await producer.close();
    ingest = await TestIngest.start({ natsUrl: nats.url, databaseUrl: database.url });
    await settled();
    expect(await loggedAs(sent.event_id)).toHaveLength(1);
  });
});
