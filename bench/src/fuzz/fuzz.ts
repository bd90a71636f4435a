import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { CairnHttp } from '../chaos/CairnHttp.js';
import { CairnProcess } from '../chaos/CairnProcess.js';
import { checkOutcome, checkUsers, readOutcome } from './checkFuzz.js';
import { type FuzzCase, FuzzCases } from './FuzzCases.js';
import { FuzzDoors } from './FuzzDoors.js';
import { FuzzLedger } from './FuzzLedger.js';
import { FUZZ_PACK } from './fuzzPack.js';
import { RawNats } from './RawNats.js';

const IN_FLIGHT = 48;
const DRAIN_MS_MAX = 180_000;
const TOLD_EVERY = 10_000;
/** A user id that nobody has by chance. */
const LAST_USER = 'the-last-one';

export interface FuzzOptions {
  seed: number;
  requests: number;
  print(line: string): void;
}

/** Sends what nobody should send to a Cairn of its own, over all doors, and counts what became of it. True where nothing is wrong. */
export async function fuzz({ seed, requests, print }: FuzzOptions): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cairn-fuzz-'));
  const token = `fuzz-${seed}-0123456789abcdef`;
  const { NATS_URL: _nats, DATABASE_URL: _database, ...outside } = process.env;
  const cairn = new CairnProcess({ name: 'cairn', target: 'all', env: { ...outside, CAIRN_DATA_DIR: dataDir, CAIRN_TOKEN: token } });
  const ledger = new FuzzLedger();
  try {
    await cairn.start();
    const pid = cairn.pid;
    const http = new CairnHttp(cairn.url, token);
    await http.publishPack(FUZZ_PACK);
    const servers = JSON.parse(await readFile(join(dataDir, 'runtime.json'), 'utf8')) as { nats_url: string; database_url: string };
    await run({ seed, requests, print, ledger, url: cairn.url, token, http, servers });
    if (cairn.pid !== pid) ledger.violation('the process is another one');
    print(`     ${await peakMemory(pid)}`);
  } catch (error) {
    ledger.violation(`it could not go on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } finally {
    await cairn.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  for (const violation of ledger.violations) print(`BAD  ${violation}`);
  return ledger.violationsFound === 0;
}

interface Run extends FuzzOptions {
  ledger: FuzzLedger;
  url: string;
  token: string;
  http: CairnHttp;
  servers: { nats_url: string; database_url: string };
}

async function run({ seed, requests, print, ledger, url, token, http, servers }: Run): Promise<void> {
  const nats = await connect({ servers: servers.nats_url, noAsyncTraces: true });
  const raw = await RawNats.open(servers.nats_url);
  const doors = new FuzzDoors({ url, token, nats, raw });
  const database = new pg.Client({ connectionString: servers.database_url });
  await database.connect();
  try {
    const cases = new FuzzCases(seed);
    let sent = 0;
    const worker = async (): Promise<void> => {
      while (sent < requests) {
        sent++;
        if (sent % TOLD_EVERY === 0) print(`     ${sent} of ${requests} sent`);
        await send(cases.next(), doors, ledger);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    // After all of that a plain event has to count as ever.
    const last = { event_id: 'the-last', type: 'build.succeeded', actor: { user_id: LAST_USER }, occurred_at: '2026-04-01T00:00:00Z' };
    const [result] = await http.send([last]);
    if (result?.status === 'accepted') ledger.accepted.set('the-last', 1);
    await http.until(({ lag }) => lag === 0, DRAIN_MS_MAX);
    await lettersWritten(database);
    const outcome = await readOutcome(database, nats);
    checkOutcome(ledger, outcome);
    const users = await checkUsers(database, ledger, async (user) => {
      return (await http.progress(user)).items.find(({ slug }) => slug === 'counted')?.value;
    });
    if (!outcome.events.has('the-last')) ledger.violation('a plain event did not count after all of this');
    const counts = [...ledger.counts].sort(([one], [other]) => (one < other ? -1 : 1));
    print(`     ${counts.map(([what, count]) => `${what}: ${count}`).join(', ')}`);
    print(`     ${outcome.events.size} events of ${users} users counted, ${outcome.ofDoor.size + outcome.ofLog.size} in the dead letters`);
  } finally {
    doors.close();
    raw.close();
    await database.end();
    await nats.close();
  }
}

async function send(each: FuzzCase, doors: FuzzDoors, ledger: FuzzLedger): Promise<void> {
  try {
    if (each.door === 'http') ledger.answered(each, await doors.http(each));
    else if (each.door === 'raw') ledger.rawMessage(each, await doors.rawMessage(each));
    else if (each.door === 'nats') ledger.message(each, await doors.message(each));
    else ledger.wire(each, await doors.wire(each));
  } catch (error) {
    ledger.violation(`no answer: ${String(error)}`, each);
  }
}

/** What evaluators refuse goes out behind the commit. */
async function lettersWritten(database: pg.Client): Promise<void> {
  const deadline = Date.now() + DRAIN_MS_MAX;
  for (;;) {
    const { rows } = await database.query<{ left: string }>('SELECT count(*) AS left FROM outbox, pg_sleep(0.1)');
    if (rows[0]?.left === '0') return;
    if (Date.now() > deadline) throw new Error(`${rows[0]?.left} messages are left in the outbox`);
  }
}

/** Of the process; nothing where the system does not tell. */
async function peakMemory(pid: number): Promise<string> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return `peak memory of the process: ${/VmHWM:\s*(\d+ kB)/.exec(status)?.[1] ?? 'not known'}`;
  } catch {
    return 'peak memory of the process: not known here';
  }
}
