import { setTimeout as delay } from 'node:timers/promises';
import { decodeEventBatch, EVENTS_STREAM } from '@cairn/contracts';
import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { PROBE_TYPE } from '../probePack.js';
import { type Submission, standardSubmissions } from '../standardSubmissions.js';
import { KeepAliveConnection } from './KeepAliveConnection.js';
import type { LatencyJob, LatencyReport, LatencyTrace } from './loadJob.js';
import { postEvents } from './postEvents.js';
import { readUnlockStream } from './readUnlockStream.js';

const CONNECTIONS = 64;
/** The unlocks of the last events are waited for; what does not come is counted. */
const SETTLE_MS_MAX = 10_000;
const TICK_MS = 1;
/** What is sent later goes through a process that has compiled what it runs. */
const WARM_AFTER_MS = 5_000;
const LOG_ENTRIES = 'log.*.*';

type Send = (event: Submission) => Promise<void>;

/** Sends events at a steady rate whatever the answers take, and notes when the unlocks of the probes among them come in. */
export async function prepareLatencyLoad(job: LatencyJob): Promise<() => Promise<LatencyReport>> {
  const events = withProbes(standardSubmissions({ events: job.eventsASecond * job.seconds }).submissions, job);
  const nats = await connect({ servers: job.natsUrl, noAsyncTraces: true });
  const send = job.door === 'http' ? await openHttp(job) : openNats(nats);
  const sentMs = new Map<string, number>();
  const trace: LatencyTrace = { logged: [], accepted: [], warm: [] };
  const report: LatencyReport = { nats: [], sse: [], trace, expected: 0, events: events.length };
  let startedMs = performance.now();
  const note = (arrived: number[], unlock: { caused_by: string }): void => {
    const sent = sentMs.get(unlock.caused_by);
    // Those of the standard work come as well.
    if (sent === undefined) return;
    arrived.push(performance.now() - sent);
    if (arrived === report.nats && sent - startedMs > WARM_AFTER_MS) trace.warm.push(performance.now() - sent);
  };
  const reached = (place: number[], eventId: string): void => {
    const sent = sentMs.get(eventId);
    if (sent !== undefined) place.push(performance.now() - sent);
  };
  if (job.trace) {
    nats.subscribe(LOG_ENTRIES, {
      callback: (_, message) => {
        for (const { eventId } of decodeEventBatch(message.data).events) reached(trace.logged, eventId);
      },
    });
  }
  nats.subscribe('events.realtime.achievement_unlocked.>', { callback: (_, message) => note(report.nats, message.json()) });
  await readUnlockStream({ url: job.streamUrl, token: job.token }, (unlock) => note(report.sse, unlock));
  await nats.flush();
  return async () => {
    startedMs = performance.now();
    await sendSteadily(events, job.eventsASecond, async (event) => {
      if (event.type === PROBE_TYPE) sentMs.set(event.event_id, performance.now());
      await send(event);
      if (job.trace) reached(trace.accepted, event.event_id);
    });
    report.expected = sentMs.size;
    const deadline = performance.now() + SETTLE_MS_MAX;
    while (Math.min(report.nats.length, report.sse.length) < report.expected && performance.now() < deadline) await delay(TICK_MS);
    return report;
  };
}

async function sendSteadily(events: readonly Submission[], eventsASecond: number, send: Send): Promise<void> {
  const underWay: Promise<void>[] = [];
  const startedMs = performance.now();
  while (underWay.length < events.length) {
    const due = Math.min(events.length, Math.floor(((performance.now() - startedMs) / 1000) * eventsASecond));
    for (const event of events.slice(underWay.length, due)) underWay.push(send(event));
    await delay(TICK_MS);
  }
  await Promise.all(underWay);
}

function withProbes(submissions: readonly Submission[], { eventsAProbe, probeUsers }: LatencyJob): Submission[] {
  return submissions.map((submission, n) => {
    if (n % eventsAProbe !== 0) return submission;
    const probe = Math.floor(n / eventsAProbe);
    return {
      ...submission,
      event_id: `probe-${String(probe)}`,
      type: PROBE_TYPE,
      actor: { user_id: `probe-${String(probe % probeUsers)}` },
      properties: {},
    };
  });
}

function openNats(nats: NatsConnection): Send {
  const js = jetstream(nats);
  return async (event) => {
    await js.publish(`events.${event.type}`, JSON.stringify(event), { msgID: event.event_id, expect: { streamName: EVENTS_STREAM } });
  };
}

/** An event waits where all connections are busy. */
async function openHttp({ url: to, token }: LatencyJob): Promise<Send> {
  const url = new URL(to);
  const free = await Promise.all(Array.from({ length: CONNECTIONS }, () => KeepAliveConnection.open(url)));
  const waiting: ((connection: KeepAliveConnection) => void)[] = [];
  const take = (): KeepAliveConnection | Promise<KeepAliveConnection> =>
    free.pop() ?? new Promise<KeepAliveConnection>((resolve) => waiting.push(resolve));
  return async (event) => {
    const request = postEvents({ url, token }, JSON.stringify(event));
    const connection = await take();
    const { status, body } = await connection.send(request);
    if (status !== 202) throw new Error(`answered with ${String(status)}: ${body.toString()}`);
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
  };
}
