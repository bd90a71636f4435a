import { eventually, freshDatabase } from '@cairn/testing';
import { describe, expect, it } from 'vitest';
import { bindOutbox } from './hot/insertOutbox.js';
import { runPipelined } from './hot/runPipelined.js';
import { openPipeline } from './openPipeline.js';
import { useTestStore } from './testing/useTestStore.js';

const store = useTestStore('once');

describe('openPipeline', () => {
  it('prepares what a failed transaction would otherwise leave unprepared for the one behind it', async () => {
    const pipeline = await store.pipeline();
    const statement = bindOutbox([], []);
    const failing = runPipelined(pipeline, [{ name: 'fails', text: 'SELECT 1/0', values: [] }, statement], {
      mayShareSync: false,
      rows: 0,
    });
    const behind = runPipelined(pipeline, [statement], { mayShareSync: true, rows: 0 });
    await expect(failing).rejects.toMatchObject({ code: 'invalid_data' });
    expect(await behind).toEqual([[]]);
  });

  it('rejects with `connection` where there is no server', async () => {
    const lost: Error[] = [];
    const opening = openPipeline({
      url: 'postgres://x@127.0.0.1:1/x',
      applicationName: 'store-test',
      onError: (error) => lost.push(error),
    });
    await expect(opening).rejects.toMatchObject({ name: 'StoreError', code: 'connection' });
    expect(lost).toEqual([]);
  });

  it('rejects where the database holds no schema, and leaves no connection behind', async () => {
    const empty = await freshDatabase();
    const opening = openPipeline({ url: empty.url, applicationName: 'store-test', onError: () => undefined });
    await expect(opening).rejects.toMatchObject({ code: 'unexpected' });
    const name = new URL(empty.url).pathname.slice(1);
    await eventually(async () => {
      expect(await store.count(`pg_stat_activity WHERE datname = '${name}'`)).toBe(0);
    });
    await empty.drop();
  });
});
