import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Archive } from './Archive.js';
import type { ArchivePlace } from './ArchivePlace.js';
import type { LogEntry } from './LogEntry.js';
import { s3Place } from './s3Place.js';
import { signRequest } from './signRequest.js';
import { verifyArchive } from './verifyArchive.js';

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' };
const PAGE = 2;

/** As much of an object store as an archive needs, with pages of two keys, that refuses every request whose signature is wrong. */
let server: Server;
let objects: Map<string, Buffer>;
let failuresLeft: number;
let place: ArchivePlace;

beforeEach(async () => {
  objects = new Map();
  failuresLeft = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const url = new URL(request.url ?? '', `http://${request.headers.host ?? ''}`);
      const stamp = String(request.headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
      const method = request.method === 'PUT' ? 'PUT' : 'GET';
      const signed = signRequest({ method, url, headers: {}, body, region: 'eu', service: 's3', credentials, at: new Date(stamp) });
      const answer = (status: number, content: Buffer | string = ''): void => void response.writeHead(status).end(content);
      if (signed['authorization'] !== request.headers.authorization)
        return answer(403, '<Error><Code>SignatureDoesNotMatch</Code></Error>');
      if (failuresLeft > 0) {
        failuresLeft--;
        return answer(503);
      }
      const key = decodeURIComponent(url.pathname.slice('/bucket/'.length));
      if (!url.pathname.startsWith('/bucket/')) return answer(404, '<Error><Code>NoSuchBucket</Code></Error>');
      if (method === 'PUT') objects.set(key, body);
      if (method === 'PUT') return answer(200);
      if (key !== '') return answer(objects.has(key) ? 200 : 404, objects.get(key) ?? '');
      const after = url.searchParams.get('continuation-token') ?? '';
      const keys = [...objects.keys()].filter((name) => name.startsWith(url.searchParams.get('prefix') ?? '')).sort();
      const rest = keys.filter((name) => name > after);
      const page = rest.slice(0, PAGE);
      const more = rest.length > PAGE ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>` : '';
      const contents = page.map((name) => `<Contents><Key>${encodeURIComponent(name)}</Key><Size>1</Size></Contents>`).join('');
      return answer(200, `<ListBucketResult>${more}${contents}</ListBucketResult>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  place = s3Place('s3://bucket/of (mine)/log/', { endpoint: `http://127.0.0.1:${port}`, region: 'eu', credentials });
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
});

const entry = (sequence: number): LogEntry => ({
  sequence,
  subject: 'log.0.default',
  storedAt: 0,
  headers: [],
  data: Buffer.from(`entry ${sequence}`),
});

describe('an archive in an object store', () => {
  it('is written and read as one in a directory, also where the store is busy now and then', async () => {
    const archive = await Archive.open(place);
    expect(archive.last).toBe(0);
    for (let n = 1; n <= 4; n++) {
      failuresLeft = n % 2;
      await archive.append([entry(n)], { first: n, last: n });
    }
    expect(objects.size).toBe(8);
    const again = await Archive.open(place);
    expect([again.first, again.last, again.place]).toEqual([1, 4, 's3://bucket/of (mine)/log/']);
    expect(await verifyArchive(again, { progress: () => undefined, signal: new AbortController().signal })).toBe(4);
    expect(await place.read('none')).toBeNull();
  });

  it('says what the store says where it refuses', async () => {
    const { endpoint } = { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    const wrong = { endpoint, region: 'eu', credentials: { ...credentials, secretAccessKey: 'guessed' } };
    await expect(s3Place('s3://bucket', wrong).list()).rejects.toMatchObject({
      code: 'place_unreachable',
      message: 'the bucket bucket answers 403, SignatureDoesNotMatch',
    });
    await expect(s3Place('s3://other', { ...wrong, credentials }).list()).rejects.toThrow('NoSuchBucket');
    expect(() => s3Place('s3://', wrong)).toThrow('names no bucket');
  });
});
