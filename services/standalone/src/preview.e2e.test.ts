import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { admitEvent, encodeEventBatch, logSubject, partitionOf } from '@cairn/contracts';
import { type CairnClient, createClient, type PackPreview } from '@cairn/sdk';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

const SHARED = { reason: 'We want to see it before.', category: 'test' };
const DRAFT = {
  pack: 'preview',
  achievements: [
    { ...SHARED, slug: 'often', name: 'Often', criteria: { type: 'count', event: 'build.succeeded', threshold: 7 } },
    {
      ...SHARED,
      slug: 'weekly',
      name: 'Weekly',
      repeat: 'each_period',
      criteria: { type: 'count', event: 'build.succeeded', where: 'properties.ok', threshold: 2, window: { calendar: 'week' } },
    },
    {
      ...SHARED,
      slug: 'many',
      name: 'Many',
      criteria: { type: 'distinct', event: 'build.*', value: 'properties.branch' },
      levels: [
        { name: 'bronze', threshold: 2 },
        { name: 'silver', threshold: 4 },
      ],
    },
  ],
};
const USERS = 40;
const TENANT = 'default';
/** Of an install that says nothing else. */
const PARTITIONS = 8;
const HOUR_MS = 3_600_000;

let dataDir: string;
let cairn: RunningServe;
let client: CairnClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-e2e-'));
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn' });
  const { url, token } = await cairn.runtime();
  client = createClient({ url, token });
});
afterAll(async () => {
  await cairn.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

/** Of each user another number of builds, hours apart and not in order. */
function history() {
  const start = Date.UTC(2026, 3, 1, 8);
  return Array.from({ length: USERS * 12 }, (_, i) => ({
    event_id: `build-${i}`,
    type: i % 5 === 0 ? 'build.failed' : 'build.succeeded',
    actor: { user_id: `user-${Math.floor(i ** 1.3) % USERS}` },
    occurred_at: new Date(start + ((i * 389) % 1000) * HOUR_MS).toISOString(),
    properties: { ok: i % 3 !== 0, branch: `b${(i * i) % 6}` },
  }));
}

/** Into the log once more, as a race between two doors leaves it. */
async function sendPastTheDoor(events: ReturnType<typeof history>): Promise<void> {
  const nats = await connect({ servers: (await cairn.runtime()).nats_url });
  for (const event of events) {
    const admitted = admitEvent(event, { tenantId: TENANT, mayWriteTo: () => true, receivedAt: Date.now() });
    const subject = logSubject(partitionOf(TENANT, admitted.userId, PARTITIONS), TENANT);
    // A request, so that it is in the stream once this resolves.
    await nats.request(subject, encodeEventBatch({ tenantId: TENANT, events: [admitted] }));
  }
  await nats.close();
}

/** What a preview names, or what was given: slug, user, level, period, instant. */
function foreseen({ achievements }: PackPreview): string[] {
  return achievements.flatMap(({ slug, earliest }) =>
    earliest.map(({ user_id, level, period, unlocked_at }) => [slug, user_id, level, period, unlocked_at].join(' ')),
  );
}

async function given(): Promise<string[]> {
  const found: string[] = [];
  for await (const { achievement, user_id, level, period, unlocked_at } of client.unlocks())
    found.push([achievement.slug, user_id, level, period, unlocked_at].join(' '));
  return found;
}

describe('a preview of a draft', () => {
  it('finds the unlocks that publishing it then gives, of the same users at the same instants', async () => {
    const events = history();
    await client.sendEvents(events);
    await client.waitUntilEvaluated();
    await sendPastTheDoor(events.slice(0, 100));
    await client.waitUntilEvaluated();

    const told: number[] = [];
    const preview = await client.previewPack('preview', DRAFT, { onProgress: ({ read, of }) => told.push(read / of) });
    expect(told.at(-1)).toBeLessThanOrEqual(1);
    expect(preview).toMatchObject({ events: events.length, users: { seen: USERS, sampled: USERS, one_in: 1 } });
    expect(await client.achievements()).toEqual([]);
    expect(await given()).toEqual([]);

    await client.publishPack('preview', DRAFT);
    await client.waitUntilEvaluated();
    const unlocks = await given();
    for (const { slug, unlocks: expected, holders, share } of preview.achievements) {
      const own = unlocks.filter((unlock) => unlock.startsWith(`${slug} `));
      expect([slug, own.length]).toEqual([slug, expected]);
      expect(holders).toBe(new Set(own.map((unlock) => unlock.split(' ')[1])).size);
      expect(share).toBe(holders / USERS);
      expect(holders).toBeGreaterThan(0);
    }
    expect(unlocks).toEqual(expect.arrayContaining(foreseen(preview)));

    // And once it is published, it is what would stay.
    const after = await client.previewPack('preview', DRAFT);
    expect(after.achievements.map(({ change }) => change)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(foreseen(after)).toEqual(foreseen(preview));
  });
});
