import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '@cairn/embedded';
import { type AchievementDefinition, parsePack } from '@cairn/engine';
import { publishPacks } from '../engine/publishPacks.js';
import { standardPacks } from '../engine/standardPack.js';
import type { Benchmark, Measured } from '../harness/benchmark.js';
import { stopOnSignal } from '../harness/stopOnSignal.js';
import { withProcessor } from '../harness/withProcessor.js';
import { STANDARD_DUPLICATES, STANDARD_USERS, type Submission, standardSubmissions } from '../pipeline/standardSubmissions.js';
import { createTables, foundUnlocks } from './createTables.js';
import { expectedUnlocks } from './expectedUnlocks.js';
import type { Peer, PeerContext } from './Peer.js';

const ACHIEVEMENTS = 20;

/** The standard work, or its beginning, done by a peer: how fast at its best concurrency, and how many unlocks were missing or too many. */
export function peerThroughput(peer: Peer): Benchmark {
  return {
    name: `peers/${peer.name}`,
    unit: 'events/s',
    unitOf: { 'wrong-unlocks': 'unlocks' },
    settings: {
      events: peer.events,
      users: STANDARD_USERS,
      achievements: ACHIEVEMENTS,
      duplicates: STANDARD_DUPLICATES,
      synchronous_commit: 'on',
      ...peer.settings,
    },
    events: peer.events * peer.concurrencies.length,
    prepare: () => {
      // The beginning of the whole work, with its users and its times.
      const submissions = standardSubmissions().submissions.slice(0, peer.events);
      const catalogue = publishPacks(standardPacks(ACHIEVEMENTS));
      const expected = expectedUnlocks(catalogue, submissions);
      return () => measure(peer, { submissions, catalogue, achievements: definitions() }, expected);
    },
  };
}

type Work = Pick<PeerContext, 'submissions' | 'catalogue' | 'achievements'>;

async function measure(peer: Peer, work: Work, expected: ReadonlySet<string>): Promise<Measured> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-bench-'));
  const { natsUrl, databaseUrl, ...servers } = await startEmbedded({ dataDir: join(dataDir, 'servers'), log: () => undefined });
  const stopped = stopOnSignal(() => servers.stop());
  const value: Record<string, number> = { '': 0, 'wrong-unlocks': 0 };
  const processor: Record<string, number> = {};
  try {
    for (const concurrency of peer.concurrencies) {
      await createTables(databaseUrl);
      const prepared = await peer.prepare({ ...work, natsUrl, databaseUrl, dataDir }, concurrency);
      const run = await withProcessor(() => prepared.run()).finally(() => prepared.stop());
      const rate = rateOf(work.submissions, run.seconds);
      value[''] = Math.max(value[''] ?? 0, rate);
      if (peer.concurrencies.length > 1) value[`concurrency-${String(concurrency)}`] = rate;
      value['wrong-unlocks'] = Math.max(value['wrong-unlocks'] ?? 0, differences(expected, await foundUnlocks(databaseUrl)));
      for (const [kind, used] of Object.entries(run.processor)) processor[kind] = (processor[kind] ?? 0) + used;
    }
    return { value, processor };
  } finally {
    stopped();
    await servers.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function rateOf(submissions: readonly Submission[], seconds: number): number {
  return submissions.length / seconds;
}

function differences(expected: ReadonlySet<string>, found: ReadonlySet<string>): number {
  return [...expected].filter((key) => !found.has(key)).length + [...found].filter((key) => !expected.has(key)).length;
}

function definitions(): AchievementDefinition[] {
  return standardPacks(ACHIEVEMENTS).flatMap((pack) => {
    const parsed = parsePack(pack);
    if (!parsed.ok) throw new Error(parsed.issues.map(({ message }) => message).join('\n'));
    return parsed.value.achievements;
  });
}
