import { producerSchemaFingerprints } from '@cairn/contracts';
import { FuzzRandom } from './FuzzRandom.js';
import { looseText, toLoose } from './looseJson.js';
import { mutateBytes } from './mutateBytes.js';
import { mutateJson } from './mutateJson.js';
import { producerAvro } from './producerAvro.js';
import { asCloudEvent, validEvent } from './validEvent.js';

export interface HttpCase {
  door: 'http';
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | null;
}

export interface NatsCase {
  door: 'nats';
  subject: string;
  headers: Record<string, string>;
  data: Buffer;
}

/** Bytes on a connection, whatever they are. */
export interface WireCase {
  door: 'wire';
  bytes: Buffer;
}

/** A message whose headers are bytes, whatever they are. */
export interface RawCase {
  door: 'raw';
  subject: string;
  head: Buffer;
  data: Buffer;
}

export type FuzzCase = HttpCase | NatsCase | WireCase | RawCase;

const JSON_TYPE = { 'Content-Type': 'application/json' };
const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const MEDIA_TYPES = [
  'text/plain',
  'application/json; charset=utf-16',
  'a',
  'multipart/form-data',
  STRUCTURED,
  BATCH,
  'avro/binary',
  ';',
  '',
];
/** Of Cairn itself: what producers publish there has to come to nothing. */
const OWN_SUBJECTS = ['events.achievement.unlocked', 'events.achievement.revoked', 'events.realtime.achievement_unlocked.default.fuzz-1'];
/** What can stand before a message: a status, as servers send it to clients, names that are none, lines that break off. */
const HEADS = [
  'NATS/1.0\r\n\r\n',
  'NATS/1.0 503\r\n\r\n',
  'NATS/1.0 100 Idle Heartbeat\r\n\r\n',
  'NATS/1.0 100 FlowControl Request\r\n\r\n',
  'NATS/1.0 404 No Messages\r\n\r\n',
  'NATS/1.0 408 Request Timeout\r\n\r\n',
  'NATS/1.0 409 Consumer Deleted\r\n\r\n',
  'NATS/1.0 200 OK\r\nX: y\r\n\r\n',
  'NATS/1.0\r\nno colon\r\n\r\n',
  'NATS/1.0\r\n: no name\r\n\r\n',
  'NATS/1.0\r\nÜ: b\r\n\r\n',
  'NATS/1.0\r\nA B: c\r\n\r\n',
  'NATS/1.0\r\nA: \xff\xfe\x00\r\n\r\n',
  'NATS/1.0\r\nContent-Type: application/json\r\nContent-Type: text/plain\r\n\r\n',
  'NATS/1.0\r\ncontent-type: TEXT/PLAIN\r\n\r\n',
  'NATS/1.0\r\nce-specversion:1.0\r\n\r\n',
  'NATS/1.0\r\nStatus: 503\r\nDescription: x\r\n\r\n',
  'NATS/1.0\r\n__proto__: x\r\nconstructor: y\r\n\r\n',
];
const ENCODINGS = ['gzip', 'br', 'identity', 'x'];
/** Larger than the door takes. */
const HUGE_BYTES = 17 * 1024 * 1024;
/** Larger than the server takes as one message. */
const LARGE_MESSAGE_BYTES = [200_000, 900_000];
const EARLIER_MAX = 500;

/** Makes requests and messages out of valid ones: the same for the same seed. */
export class FuzzCases {
  readonly #random: FuzzRandom;
  readonly #seed: number;
  /** Valid events that were made, to be sent again. */
  readonly #earlier: Record<string, unknown>[] = [];
  #made = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = new FuzzRandom(seed);
  }

  next(): FuzzCase {
    return this.#random.weighted<FuzzCase>([
      [30, () => this.#single()],
      [8, () => this.#batch()],
      [12, () => this.#cloudEvent()],
      [40, () => this.#message()],
      [8, () => this.#otherRoute()],
      [2, () => this.#wire()],
      [3, () => this.#rawMessage()],
    ]);
  }

  /** A valid event, now and then one that was made before, or that says something else under the same id. */
  #event(): Record<string, unknown> {
    const random = this.#random;
    if (this.#earlier.length > 0 && random.chance(0.12)) {
      const earlier = random.pick(this.#earlier);
      return random.chance(0.6) ? earlier : { ...earlier, properties: { other: random.below(1_000) } };
    }
    const event = validEvent(`fz-${this.#seed}-${this.#made++}`, random);
    if (this.#earlier.length < EARLIER_MAX) this.#earlier.push(event);
    else this.#earlier[random.below(EARLIER_MAX)] = event;
    return event;
  }

  /** JSON, most often with something wrong. */
  #json(value: unknown): Buffer {
    const random = this.#random;
    let loose = toLoose(value);
    for (let times = random.pick([0, 0, 1, 1, 1, 2, 5]); times > 0; times--) loose = mutateJson(loose, random);
    const text = Buffer.from(looseText(loose));
    return random.chance(0.2) ? mutateBytes(text, random) : text;
  }

  #single(): HttpCase {
    const random = this.#random;
    const isHuge = random.chance(0.0005);
    const body = isHuge ? Buffer.alloc(HUGE_BYTES, 0x20) : this.#json(this.#event());
    return { ...this.#post(body), headers: this.#oddHeaders(JSON_TYPE) };
  }

  #batch(): HttpCase {
    const random = this.#random;
    const count = random.weighted([
      [8, () => 1 + random.below(20)],
      [1, () => 0],
      [1, () => 990 + random.below(20)],
    ]);
    const events = Array.from({ length: count }, () => this.#event());
    // One in a few is odd, and the rest have to be taken all the same.
    const parts = events.map((event) => (random.chance(0.2) ? looseText(mutateJson(toLoose(event), random)) : JSON.stringify(event)));
    const text = Buffer.from(`[${parts.join(',')}]`);
    return { ...this.#post(random.chance(0.1) ? mutateBytes(text, random) : text), headers: this.#oddHeaders(JSON_TYPE) };
  }

  #cloudEvent(): HttpCase {
    const random = this.#random;
    const event = asCloudEvent(this.#event());
    return random.weighted<HttpCase>([
      [2, () => ({ ...this.#post(this.#json(event)), headers: this.#oddHeaders({ 'Content-Type': STRUCTURED }) })],
      [
        1,
        () => ({ ...this.#post(this.#json([event, asCloudEvent(this.#event())])), headers: this.#oddHeaders({ 'Content-Type': BATCH }) }),
      ],
      [2, () => ({ ...this.#post(this.#json(event['data'])), headers: this.#oddHeaders({ ...JSON_TYPE, ...this.#ceHeaders(event) }) })],
    ]);
  }

  /** Attributes as headers; now and then one is missing, or holds what is not percent-encoded UTF-8. */
  #ceHeaders({ data: _data, ...attributes }: Record<string, unknown>): Record<string, string> {
    const random = this.#random;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(attributes)) {
      if (random.chance(0.03)) continue;
      const odd = random.pick(['%zz', '%ff', '%C3%28', '', '%00', '%E2%80%AE', 'x'.repeat(2_000), '1.1', '%F0%9F%8E%89']);
      headers[`ce-${name}`] = random.chance(0.05) ? odd : encodeURIComponent(String(value));
    }
    if (random.chance(0.03)) headers['ce-unknown'] = '1';
    return headers;
  }

  #post(body: Buffer): Omit<HttpCase, 'headers'> {
    return { door: 'http', method: 'POST', path: '/v1/events', body };
  }

  #oddHeaders(usual: Record<string, string>): Record<string, string> {
    const random = this.#random;
    if (!random.chance(0.1)) return usual;
    return random.weighted<Record<string, string>>([
      [2, () => ({ ...usual, 'Content-Type': random.pick(MEDIA_TYPES) })],
      [1, () => ({ ...usual, 'Content-Encoding': random.pick(ENCODINGS) })],
      [2, () => ({ ...usual, 'Idempotency-Key': random.pick(['', 'k', 'x'.repeat(300), '\u00ff', `key-${random.below(50)}`]) })],
      [
        1,
        () => ({
          ...usual,
          Authorization: random.pick(['Bearer', 'Bearer x', 'Basic eDp5', `Bearer ${'x'.repeat(5_000)}`, 'Bearer \u00ff']),
        }),
      ],
    ]);
  }

  #message(): NatsCase {
    const random = this.#random;
    const event = this.#event();
    const subject = this.#subjectOf(event);
    const message = random.weighted<Pick<NatsCase, 'headers' | 'data'>>([
      [6, () => ({ headers: random.chance(0.3) ? JSON_TYPE : {}, data: this.#json(event) })],
      [2, () => this.#avro(event)],
      [1, () => ({ headers: { 'Content-Type': STRUCTURED }, data: this.#json(asCloudEvent(event)) })],
      [1, () => ({ headers: this.#ceHeaders(asCloudEvent(event)), data: this.#json(event['properties']) })],
    ]);
    return { door: 'nats', subject, data: this.#sized(message.data), headers: { ...message.headers, ...this.#oddMessageHeaders(event) } };
  }

  #sized(data: Buffer): Buffer {
    return this.#random.chance(0.001) ? Buffer.concat([data, Buffer.alloc(this.#random.pick(LARGE_MESSAGE_BYTES), 0x20)]) : data;
  }

  #subjectOf(event: Record<string, unknown>): string {
    const random = this.#random;
    if (!random.chance(0.06)) return `events.${String(event['type'])}`;
    return random.pick([
      'events.x',
      'events.BUILD.succeeded',
      'events.a.b.c.d.e.f.g',
      'events.ünicode.x',
      'events.build.failed',
      ...OWN_SUBJECTS,
    ]);
  }

  #avro(event: Record<string, unknown>): Pick<NatsCase, 'headers' | 'data'> {
    const random = this.#random;
    const bytes = producerAvro(event);
    const fingerprint = random.chance(0.85)
      ? random.pick(producerSchemaFingerprints())
      : random.pick(['', '00', 'zz', '7275d51a3f395c8f', 'f'.repeat(64)]);
    return {
      headers: { 'Content-Type': 'avro/binary', ...(random.chance(0.03) ? {} : { 'Avro-Fingerprint': fingerprint }) },
      data: random.chance(0.5) ? bytes : mutateBytes(bytes, random),
    };
  }

  #oddMessageHeaders(event: Record<string, unknown>): Record<string, string> {
    const random = this.#random;
    return random.weighted<Record<string, string>>([
      [20, () => ({})],
      [4, () => ({ 'Nats-Msg-Id': typeof event['event_id'] === 'string' ? event['event_id'] : 'none' })],
      [
        1,
        () => ({ 'Cairn-Redrives': random.pick(['1', '-1', '1e9', 'x']), 'Cairn-Redrive-History': random.pick(['', '[', '[{}]', '[1]']) }),
      ],
      [1, () => ({ 'Cairn-Tenant': 'other', 'X-Odd': 'ü\u0007' })],
      [1, () => ({ 'Content-Type': random.pick(MEDIA_TYPES) })],
    ]);
  }

  /** Most of these headers are none: what is published with them has to come to an end all the same. */
  #rawMessage(): RawCase {
    const random = this.#random;
    const event = this.#event();
    const head = random.weighted<string>([
      [3, () => random.pick(HEADS)],
      [1, () => `NATS/1.0\r\n${mutateBytes(Buffer.from('Content-Type: application/json\r\nX-A: b'), random).toString('latin1')}\r\n\r\n`],
    ]);
    const subject = random.chance(0.1) ? random.pick(OWN_SUBJECTS) : `events.${String(event['type'])}`;
    return { door: 'raw', subject, head: Buffer.from(head, 'latin1'), data: this.#json(event) };
  }

  #otherRoute(): HttpCase {
    const random = this.#random;
    const id = random.pick(['fuzz-1', '%ff', '%00', '..%2f..', '%F0%9F%8E%89', 'x'.repeat(5_000), '%', 'a%2Fb', '__proto__', '%E2%80%AE']);
    const query = random.pick([
      '',
      '?limit=0',
      '?limit=1e3',
      '?limit=-1',
      '?cursor=x',
      '?cursor=',
      `?cursor=${'A'.repeat(3_000)}`,
      '?a=%ff',
      '?limit=5&limit=6',
    ]);
    const reads = [
      'users/{}/progress',
      'users/{}/unlocks',
      'users/{}/xp',
      'teams/{}/progress',
      'teams/{}/unlocks',
      'achievements/{}',
      'users/{}/achievements/counted/explain',
      'admin/dead-letters/{}',
      '{}',
    ];
    const get = (path: string): HttpCase => ({ door: 'http', method: 'GET', path, headers: {}, body: null });
    const send = (method: string, path: string, value: unknown): HttpCase => ({
      door: 'http',
      method,
      path,
      headers: this.#oddHeaders(JSON_TYPE),
      body: this.#json(value),
    });
    return random.weighted<HttpCase>([
      [6, () => get(`/v1/${random.pick(reads).replace('{}', id)}${query}`)],
      [
        2,
        () => get(`/v1/${random.pick(['unlocks', 'achievements', 'status', 'admin/packs', 'event-types', 'admin/dead-letters'])}${query}`),
      ],
      [1, () => ({ ...get('/v1/events'), method: random.pick(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) })],
      [2, () => send('POST', '/v1/admin/packs/draft/diff', DRAFT)],
      [1, () => send('POST', `/v1/admin/users/${id}/grants`, { slug: 'no-such', reason: 'a fuzz run' })],
      [1, () => send('POST', `/v1/admin/users/${id}/revocations`, { slug: 'no-such', reason: 'a fuzz run' })],
      // Of letters that are not there: those that are have to stay, to be counted.
      [1, () => send('POST', '/v1/admin/dead-letters/redrive', { ids: [4_000_000_000 + random.below(1_000)] })],
      [1, () => send('POST', '/v1/admin/dead-letters/discard', { ids: [4_000_000_000], reason: 'a fuzz run' })],
    ]);
  }

  #wire(): WireCase {
    const random = this.#random;
    const body = this.#json(this.#event());
    const head = (...lines: string[]): Buffer =>
      Buffer.from(`${['POST /v1/events HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...lines].join('\r\n')}\r\n\r\n`);
    const bytes = random.weighted<Buffer>([
      [2, () => mutateBytes(Buffer.concat([head(`Content-Length: ${body.length}`), body]), random)],
      [1, () => Buffer.concat([head('Content-Length: 5', 'Content-Length: 6'), body])],
      [
        1,
        () =>
          Buffer.concat([
            head('Transfer-Encoding: chunked'),
            Buffer.from(random.pick(['zz\r\n', 'ffffffffffffffffff\r\n', '5\r\nabc', '-1\r\n', '0\r\n\r\n'])),
          ]),
      ],
      [1, () => Buffer.concat([head('Transfer-Encoding: chunked', `Content-Length: ${body.length}`), body])],
      [1, () => head(`X-Long: ${'x'.repeat(20_000)}`)],
      [1, () => head('X-Odd: \u0000\u0001', 'no colon')],
      [1, () => head('Expect: 100-continue', 'Content-Length: 10')],
      [
        1,
        () =>
          Buffer.from(
            random.pick([
              'GET  HTTP/1.1\r\n\r\n',
              'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
              '\u0016\u0003\u0001',
              'GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n',
              'GET //x/../.. HTTP/1.1\r\nHost: x\r\n\r\n',
              'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
              'GET /v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
            ]),
          ),
      ],
    ]);
    return { door: 'wire', bytes };
  }
}

const DRAFT = {
  pack: 'draft',
  achievements: [
    {
      slug: 'drafted',
      name: 'Drafted',
      reason: 'We want drafts to be looked at.',
      xp_reward: 5,
      criteria: { type: 'count', event: 'build.succeeded', where: 'properties.n > 3.0', threshold: 3, window: { calendar: 'month' } },
    },
  ],
  xp_rules: [{ id: 'draft', event: 'build.*', amount: 'properties.n', cap: { per: 'day', amount: 3 } }],
  ranks: [{ name: 'first', xp: 10 }],
};
