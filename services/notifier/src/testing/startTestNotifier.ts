import { REVOKED_SUBJECT, type Revocation, UNLOCKED_SUBJECT, type Unlock } from '@cairn/contracts';
import { connectNats, createHttpApp, createLogger, createMetrics, ensureStreams, type Principal, startHttpServer } from '@cairn/runtime';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { createNotifier, type Notifier, type NotifierOptions } from '../createNotifier.js';
import type { NotifierLimits } from '../limits.js';

export interface TestNotifier {
  url: string;
  nats: NatsConnection;
  notifier: Notifier;
  metrics: ReturnType<typeof createMetrics>;
  /** Who is called by another name now. */
  merged: Map<string, string>;
  stop(): Promise<void>;
}

/** A notifier behind a real HTTP server. The token of a tenant is its name; `nobody` has no scope. */
export async function startTestNotifier(natsUrl: string, limits: Partial<NotifierLimits> = {}): Promise<TestNotifier> {
  const log = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
  const nats = await connectNats({ url: natsUrl, name: 'notifier-test', log });
  await ensureStreams(nats, { replicas: 1 });
  const metrics = createMetrics({ processMetrics: false });
  const merged = new Map<string, string>();
  const names: NotifierOptions['names'] = {
    of: ({ userId }) => {
      const user = merged.get(userId) ?? userId;
      return Promise.resolve([user, ...[...merged.keys()].filter((alias) => merged.get(alias) === user)]);
    },
    aliasesAmong: (users) => Promise.resolve(users.filter(({ userId }) => merged.has(userId))),
  };
  const notifier = createNotifier({ nats, names, log, metrics, limits });
  await notifier.start();
  const app = createHttpApp({ authenticate, log, metrics, readiness: () => notifier.ready() });
  app.route('/', notifier.routes());
  const server = await startHttpServer(app, { port: 0, host: '127.0.0.1' });
  return {
    url: server.url,
    nats,
    notifier,
    metrics,
    merged,
    stop: async () => {
      await notifier.stop();
      await server.stop();
      await nats.close();
    },
  };
}

function authenticate(token: string): Promise<Principal> {
  const scopes = token === 'nobody' ? [] : ['unlocks:read'];
  return Promise.resolve({ tenantId: token, tenantKey: 1, name: token, scopes: new Set(scopes) });
}

export function unlockOf(of: { tenant: string; user: string | null; number: number; backfilled?: boolean }): Unlock {
  return {
    unlock_id: `${of.tenant}-${of.user ?? 'team'}-${of.number}`,
    tenant_id: of.tenant,
    user_id: of.user,
    achievement: { slug: `slug-${of.number}`, name: 'A name', version: 1, rarity: 'common', category: 'general' },
    level: null,
    period: null,
    value: of.number,
    threshold: of.number,
    xp_reward: 10,
    xp_total: 10,
    unlocked_at: '2026-04-12T10:15:00Z',
    caused_by: `evt-${of.number}`,
    evidence: [`evt-${of.number}`],
    backfilled: of.backfilled ?? false,
    message: 'Ünlocked\n✓',
  };
}

/** Puts an unlock into the stream, as the outbox does. @returns its sequence */
export async function publishUnlock(nats: NatsConnection, unlock: Unlock): Promise<number> {
  const ack = await jetstream(nats).publish(UNLOCKED_SUBJECT, JSON.stringify(unlock), { msgID: unlock.unlock_id });
  return ack.seq;
}

export async function publishRevocation(nats: NatsConnection, unlock: Unlock): Promise<number> {
  const revocation: Revocation = { ...unlock, revoked_at: '2026-04-13T10:15:00Z', reason: 'a mistake' };
  const ack = await jetstream(nats).publish(REVOKED_SUBJECT, JSON.stringify(revocation), { msgID: `${unlock.unlock_id}:revoked` });
  return ack.seq;
}
