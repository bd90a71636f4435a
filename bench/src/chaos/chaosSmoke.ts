import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '@cairn/embedded';
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { CairnHttp } from './CairnHttp.js';
import { CairnProcess } from './CairnProcess.js';
import { type Check, checkOutcome } from './checkOutcome.js';
import { CHAOS_PACK, generateHistory, type WireEvent } from './generateHistory.js';

const EVENTS = 50_000;
const USERS = 500;
const DUPLICATES = 0.1;
const BATCH_EVENTS = 200;
const DRAIN_MS_MAX = 120_000;
/** Also how old a row that a dead process left in the outbox must be before another one publishes it. */
const OUTBOX_MS_MAX = 60_000;

/** Two evaluators on the same partitions, one killed in the middle, NATS restarted once; then everything is counted. */
export async function chaosSmoke(seed: number, print: (line: string) => void): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-chaos-'));
  const servers = await startEmbedded({ dataDir, log: () => undefined });
  const token = `chaos-${seed}-0123456789abcdef`;
  const env = {
    ...process.env,
    NATS_URL: servers.natsUrl,
    DATABASE_URL: servers.databaseUrl,
    CAIRN_DATA_DIR: join(dataDir, 'cairn'),
    CAIRN_TOKEN: token,
  };
  const doors = new CairnProcess({ name: 'doors', target: 'ingest,notifier,api', env });
  const evaluators = ['evaluator 1', 'evaluator 2'].map((name) => new CairnProcess({ name, target: 'rule-evaluator', env }));
  const history = generateHistory({ seed, events: EVENTS, users: USERS, duplicates: DUPLICATES });
  print(`seed ${seed}: ${history.sent.length} events sent, ${EVENTS} of them different, ${history.expected.unlocks.size} unlocks due`);
  try {
    await doors.start();
    await Promise.all(evaluators.map((evaluator) => evaluator.start()));
    const http = new CairnHttp(doors.url, token);
    await http.publishPack(CHAOS_PACK);
    await sendWithFaults(history.sent, { http, evaluators, restartNats: () => servers.nats.restart(), print });
    await http.until(({ lag }) => lag === 0, DRAIN_MS_MAX);
    const checks = await check(servers, history.expected);
    await checkProgress(http, history.expected, checks);
    for (const { name, expected, found, differences } of checks) {
      print(`${isGood({ name, expected, found, differences }) ? 'ok  ' : 'BAD '} ${name.padEnd(28)} expected ${expected}, found ${found}`);
      for (const difference of differences) print(`       ${difference}`);
    }
    return checks.every(isGood);
  } finally {
    await Promise.all([doors, ...evaluators].map((process) => process.stop()));
    await servers.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Faults {
  http: CairnHttp;
  evaluators: readonly CairnProcess[];
  restartNats(): Promise<void>;
  print(line: string): void;
}

async function sendWithFaults(sent: readonly WireEvent[], { http, evaluators, restartNats, print }: Faults): Promise<void> {
  const killAt = Math.floor(sent.length / 3);
  const restartAt = Math.floor((sent.length * 2) / 3);
  for (let start = 0; start < sent.length; start += BATCH_EVENTS) {
    const results = await http.send(sent.slice(start, start + BATCH_EVENTS));
    const refused = results.find(({ status }) => status === 'rejected' || status === 'conflict');
    if (refused !== undefined) throw new Error(`an event was refused: ${JSON.stringify(refused)}`);
    if (isAt(killAt, start)) {
      await evaluators[0]?.kill();
      print(`     kill -9 of evaluator 1 after ${start + BATCH_EVENTS} events`);
    }
    if (isAt(restartAt, start)) {
      await restartNats();
      print(`     nats-server restarted after ${start + BATCH_EVENTS} events`);
    }
  }
}

function isAt(point: number, start: number): boolean {
  return start <= point && point < start + BATCH_EVENTS;
}

async function check(servers: { natsUrl: string; databaseUrl: string }, expected: Parameters<typeof checkOutcome>[1]): Promise<Check[]> {
  const database = new pg.Client({ connectionString: servers.databaseUrl });
  await database.connect();
  try {
    await outboxEmpty(database);
    return await checkOutcome(database, expected, await publishedUnlocks(servers.natsUrl));
  } finally {
    await database.end();
  }
}

async function outboxEmpty(database: pg.Client): Promise<void> {
  const deadline = Date.now() + OUTBOX_MS_MAX;
  while (Date.now() < deadline) {
    const { rows } = await database.query<{ left: string }>('SELECT count(*) AS left FROM outbox, pg_sleep(0.1)');
    if (rows[0]?.left === '0') return;
  }
}

/** Every unlock id on `events.achievement.unlocked`, with how often it stands there. */
async function publishedUnlocks(natsUrl: string): Promise<Map<string, number>> {
  const nats = await connect({ servers: natsUrl, noAsyncTraces: true });
  const published = new Map<string, number>();
  try {
    const consumer = await jetstream(nats).consumers.get('EVENTS', { filter_subjects: ['events.achievement.unlocked'] });
    if ((await consumer.info()).num_pending === 0) return published;
    for await (const message of await consumer.consume()) {
      const { unlock_id: id } = message.json<{ unlock_id: string }>();
      published.set(id, (published.get(id) ?? 0) + 1);
      if (message.info.pending === 0) break;
    }
    return published;
  } finally {
    await nats.close();
  }
}

/** The API's own answer, for the users with the most to lose. */
async function checkProgress(http: CairnHttp, expected: Parameters<typeof checkOutcome>[1], checks: Check[]): Promise<void> {
  const open = [...expected.deploys].filter(([, value]) => value < 50).slice(0, 50);
  const differences: string[] = [];
  for (const [user, value] of open) {
    const found = (await http.progress(user)).items.find(({ slug }) => slug === 'deployer')?.value;
    if (found !== value) differences.push(`${user}: ${found ?? 'nothing'} instead of ${value}`);
  }
  checks.push({
    name: 'progress as counted',
    expected: open.length,
    found: open.length - differences.length,
    differences: differences.slice(0, 5),
  });
}

function isGood({ expected, found, differences }: Check): boolean {
  return expected === found && differences.length === 0;
}
