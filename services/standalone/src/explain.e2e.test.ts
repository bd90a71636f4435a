import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { admitEvent, encodeEventBatch, logSubject, PARTITIONS_DEFAULT, partitionOf, type WireEvent } from '@cairn/contracts';
import { eventually } from '@cairn/testing';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningServe } from './testing/RunningServe.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BINARY = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = promisify(execFile);

let dataDir: string;
let cairn: RunningServe;
let nats: NatsConnection;
let documented: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cairn-explain-'));
  documented = await readFile(join(ROOT, 'docs/reference/cli.md'), 'utf8');
  cairn = await RunningServe.start(['serve'], { CAIRN_DATA_DIR: dataDir, CAIRN_LOG_LEVEL: 'warn' });
  nats = await connect({ servers: (await cairn.runtime()).nats_url });
  await writeFile(join(dataDir, 'on-call.yaml'), blockAfter('explain: pack', 'yaml'));
  await writeFile(join(dataDir, 'events.jsonl'), blockAfter('explain: events', 'json'));
  await call('packs', 'apply', 'on-call.yaml');
  await call('import', 'jsonl', 'events.jsonl');
});

afterAll(async () => {
  await nats.close();
  await cairn.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
});

/** A block of the reference that is marked by a comment. */
function blockAfter(mark: string, language: string): string {
  const block = documented.split(`<!-- ${mark} -->\n\n\`\`\`${language}\n`)[1]?.split('```')[0];
  if (block === undefined) throw new Error(`the reference has no block for ${mark}`);
  return block;
}

async function call(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [BINARY, ...args], { cwd: dataDir, env: { ...process.env, CAIRN_DATA_DIR: dataDir } });
  return stdout;
}

/** Puts an event into the log past the doors, which would have answered a duplicate at once: as two doors at the same time do. */
async function intoLog(event: WireEvent): Promise<void> {
  const tenantId = 'default';
  const admitted = admitEvent(event, { tenantId, mayWriteTo: () => true, receivedAt: Date.now() });
  const partition = partitionOf(tenantId, admitted.userId, PARTITIONS_DEFAULT);
  // The answer is the acknowledgement of the stream.
  await nats.request(logSubject(partition, tenantId), encodeEventBatch({ tenantId, events: [admitted] }));
  await eventually(async () => expect(JSON.parse(await call('status', '--json'))).toMatchObject({ lag: 0 }));
}

const resolved = (id: string, more: Partial<WireEvent>): WireEvent => ({
  event_id: id,
  type: 'incident.resolved',
  actor: { user_id: 'ben' },
  occurred_at: '2026-04-02T09:30:00Z',
  properties: { severity: 'sev2' },
  ...more,
});

async function outcomeOf(event: string): Promise<Record<string, unknown>> {
  const answer = JSON.parse(await call('explain', 'ben', 'sev2-solver', '--event', event, '--json')) as { event: Record<string, unknown> };
  return answer.event;
}

describe('cairn explain', () => {
  it('prints what the reference shows', async () => {
    const shown = [...blockAfterAll('explain: output')];
    expect(shown).toHaveLength(2);
    for (const { command, output } of shown) expect(await call(...command.split(' ').slice(1))).toBe(output);
  });

  it('says of which event another is a duplicate, and which it is in conflict with', async () => {
    await intoLog(resolved('first', { source: { ref: 'incident-7' }, idempotency_key: 'seven' }));
    await intoLog(resolved('same-ref', { source: { ref: 'incident-7' } }));
    await intoLog(resolved('same-key', { source: { ref: 'incident-7' }, idempotency_key: 'seven' }));
    await intoLog(resolved('other-words', { idempotency_key: 'seven', properties: { severity: 'sev1' } }));
    expect(await outcomeOf('first')).toMatchObject({ counted: true, original: null });
    expect(await outcomeOf('same-ref')).toMatchObject({
      counted: false,
      reason: 'duplicate',
      original: { event_id: 'first' },
      detail: expect.stringContaining('came before it with the same user, type and source.ref') as unknown,
    });
    expect(await outcomeOf('same-key')).toMatchObject({ reason: 'duplicate', original: { event_id: 'first' } });
    expect(await outcomeOf('other-words')).toMatchObject({ reason: 'conflict', original: { event_id: 'first' } });
    expect(await outcomeOf('seven')).toMatchObject({ event_id: 'first', counted: true });
  });
});

/** The blocks behind a mark, each a command and what it prints. */
function* blockAfterAll(mark: string): Generator<{ command: string; output: string }> {
  for (const part of documented.split(`<!-- ${mark} -->\n\n\`\`\`text\n$ `).slice(1)) {
    const [command = '', ...lines] = (part.split('```')[0] ?? '').split('\n');
    yield { command, output: lines.join('\n') };
  }
}
