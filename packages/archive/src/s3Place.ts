import { setTimeout as delay } from 'node:timers/promises';
import { ArchiveError } from './ArchiveError.js';
import type { ArchivePlace } from './ArchivePlace.js';
import { S3_ATTEMPTS_MAX, S3_RETRY_MS, S3_TIMEOUT_MS } from './limits.js';
import { encodeRfc3986, type S3Credentials, signRequest } from './signRequest.js';

export interface S3Settings {
  /** `https://s3.eu-central-1.amazonaws.com`, or that of any store that speaks as S3 does. */
  endpoint: string;
  region: string;
  credentials: S3Credentials;
}

const NOTHING = Buffer.alloc(0);
const SERVER_ERROR = 500;
const TOO_MANY_REQUESTS = 429;
const NOT_FOUND = 404;

/** A bucket, or what is below a prefix of it. Buckets are named in the path, which every such store understands. */
export function s3Place(location: string, settings: S3Settings): ArchivePlace {
  const [bucket = '', ...path] = location.replace(/^s3:\/\//, '').split('/');
  if (bucket === '') throw new ArchiveError('not_an_archive', `${location} names no bucket: write it like s3://bucket/path`);
  const prefix = path
    .filter((part) => part !== '')
    .map((part) => `${part}/`)
    .join('');
  const client = new S3Client(bucket, settings);
  return {
    name: `s3://${bucket}/${prefix}`,
    list: async () => (await client.list(prefix)).map((key) => key.slice(prefix.length)).sort(),
    read: (name) => client.get(prefix + name),
    write: (name, bytes) => client.put(prefix + name, bytes),
    remove: (name) => client.delete(prefix + name),
  };
}

class S3Client {
  readonly #bucket: string;
  readonly #settings: S3Settings;

  constructor(bucket: string, settings: S3Settings) {
    this.#bucket = bucket;
    this.#settings = settings;
  }

  async get(key: string): Promise<Buffer | null> {
    const answer = await this.#ask({ method: 'GET', key });
    return answer.status === NOT_FOUND ? null : Buffer.from(await answer.arrayBuffer());
  }

  async put(key: string, body: Uint8Array): Promise<void> {
    const answer = await this.#ask({ method: 'PUT', key, body });
    if (answer.status === NOT_FOUND) throw this.#refused(answer.status, await answer.text());
  }

  async delete(key: string): Promise<void> {
    await this.#ask({ method: 'DELETE', key });
  }

  /** Objects right below the prefix, page by page. */
  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let next: string | null = null;
    do {
      const query = {
        'list-type': '2',
        'encoding-type': 'url',
        delimiter: '/',
        prefix,
        ...(next === null ? {} : { 'continuation-token': next }),
      };
      const answer = await this.#ask({ method: 'GET', key: '', query });
      const xml = await answer.text();
      if (answer.status === NOT_FOUND) throw this.#refused(answer.status, xml);
      for (const [, key = ''] of xml.matchAll(/<Contents>[\s\S]*?<Key>([^<]*)<\/Key>/g))
        keys.push(decodeURIComponent(key.replaceAll('+', ' ')));
      next = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(xml)?.[1] ?? null;
    } while (next !== null);
    return keys;
  }

  /** An answer of 2xx or 404. @throws ArchiveError place_unreachable */
  async #ask(of: { method: 'GET' | 'PUT' | 'DELETE'; key: string; query?: Record<string, string>; body?: Uint8Array }): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#send(of).catch((error: unknown) => error);
      if (answer instanceof Response) {
        if (answer.ok || answer.status === NOT_FOUND) return answer;
        const isBusy = answer.status >= SERVER_ERROR || answer.status === TOO_MANY_REQUESTS;
        if (!isBusy || attempt >= S3_ATTEMPTS_MAX) throw this.#refused(answer.status, await answer.text());
      } else if (attempt >= S3_ATTEMPTS_MAX) {
        const why = answer instanceof Error ? answer.message : String(answer);
        throw new ArchiveError('place_unreachable', `${this.#settings.endpoint} cannot be reached: ${why}`, { cause: answer });
      }
      await delay(S3_RETRY_MS * 2 ** (attempt - 1));
    }
  }

  async #send(of: { method: 'GET' | 'PUT' | 'DELETE'; key: string; query?: Record<string, string>; body?: Uint8Array }): Promise<Response> {
    const { endpoint, region, credentials } = this.#settings;
    const path = `${this.#bucket}/${of.key}`.split('/').map(encodeRfc3986).join('/');
    const url = new URL(`${endpoint.replace(/\/+$/, '')}/${path}`);
    for (const [name, value] of Object.entries(of.query ?? {})) url.searchParams.set(name, value);
    const body = of.body ?? NOTHING;
    const headers = signRequest({ method: of.method, url, headers: {}, body, region, service: 's3', credentials, at: new Date() });
    const sent = of.method === 'PUT' ? { body: new Uint8Array(body) } : {};
    return fetch(url, { method: of.method, headers, ...sent, signal: AbortSignal.timeout(S3_TIMEOUT_MS) });
  }

  #refused(status: number, xml: string): ArchiveError {
    const told = [/<Code>([^<]*)<\/Code>/, /<Message>([^<]*)<\/Message>/]
      .map((tag) => tag.exec(xml)?.[1])
      .filter((text) => text !== undefined);
    return new ArchiveError('place_unreachable', `the bucket ${this.#bucket} answers ${status}${told.map((text) => `, ${text}`).join('')}`);
  }
}
