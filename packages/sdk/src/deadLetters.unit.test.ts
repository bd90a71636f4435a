import { answerJson, type RemoteHost, startRemoteHost } from '@cairn/testing';
import { expect, it, onTestFinished } from 'vitest';
import { createClient } from './client.js';

async function remote(answers: object[]): Promise<RemoteHost> {
  const host = await startRemoteHost((_request, response) => answerJson(response, 200, answers.shift() ?? {}));
  onTestFinished(() => host.stop());
  return host;
}

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
const bodies = (host: RemoteHost): unknown[] => host.arrived.map(({ body }) => JSON.parse(body) as unknown);

it('reads all pages of a list', async () => {
  const host = await remote([
    { items: [{ id: 1 }], next_cursor: 'c' },
    { items: [{ id: 2 }], next_cursor: null },
  ]);
  const letters = await collect(createClient({ url: host.url }).deadLetters.list({ code: 'invalid_json', after: 3 }));
  expect(letters).toEqual([{ id: 1 }, { id: 2 }]);
  expect(host.arrived.map(({ path }) => path)).toEqual([
    '/v1/admin/dead-letters?code=invalid_json&after=3&limit=200',
    '/v1/admin/dead-letters?code=invalid_json&after=3&cursor=c&limit=200',
  ]);
});

it('goes on until all that was chosen is done', async () => {
  const host = await remote([
    { items: [{ id: 1, result: 'discarded' }], next_cursor: 'c' },
    { items: [{ id: 2, result: 'discarded' }], next_cursor: null },
  ]);
  const outcomes = await collect(createClient({ url: host.url }).deadLetters.discard({ all: true }, 'old'));
  expect(outcomes.map(({ id }) => id)).toEqual([1, 2]);
  expect(bodies(host)).toEqual([
    { all: true, reason: 'old' },
    { all: true, reason: 'old', cursor: 'c' },
  ]);
});

it('sends as many ids at once as a call takes', async () => {
  const none = { items: [], next_cursor: null };
  const host = await remote([none, none, none]);
  const ids = Array.from({ length: 250 }, (_, n) => n + 1);
  await collect(createClient({ url: host.url }).deadLetters.redrive({ ids }));
  expect(bodies(host)).toEqual([{ ids: ids.slice(0, 100) }, { ids: ids.slice(100, 200) }, { ids: ids.slice(200) }]);
});
