import { SeededRandom } from '@cairn/testing/random';

export interface WireEvent {
  event_id: string;
  type: string;
  actor: { user_id: string; tenant_id: string; team_id?: string };
  occurred_at: string;
  properties: { ok: boolean; repo: string };
}

/** Tenants with the same users and the same event ids, so that nothing but the tenant tells them apart. */
export const TENANTS = ['default', 'acme', 'globex'] as const;
export type TenantId = (typeof TENANTS)[number];

/** Of four events in a row, whose they are and what tells the two of the same tenant apart. */
const SLOTS: readonly { tenant: TenantId; suffix: number }[] = [
  { tenant: 'default', suffix: 0 },
  { tenant: 'acme', suffix: 0 },
  { tenant: 'globex', suffix: 0 },
  { tenant: 'default', suffix: 1 },
];
const EVENT_ID = /^e-(\d{1,12})-([01])$/;
const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);
const DAYS = 150;
const REPOSITORIES = 12;
const TEAMS = 20;
/** Any odd number spreads neighbours apart; this one is 2^32 divided by the golden ratio. */
const SPREAD = 0x9e37_79b1;

/**
 * Events as a function of their number: nothing has to be kept to send one again, or to count them all in the end.
 * Times are in no order, so that nearly every event is late.
 */
export class EventPlan {
  readonly seed: number;
  readonly users: number;

  constructor(of: { seed: number; users: number }) {
    this.seed = of.seed;
    this.users = of.users;
  }

  tenantOf(n: number): TenantId {
    return slotOf(n).tenant;
  }

  at(n: number): WireEvent {
    const random = new SeededRandom(Math.imul(n + 1, SPREAD) ^ Math.imul(this.seed + 1, 0x85eb_ca6b));
    const { tenant, suffix } = slotOf(n);
    // The square favours low numbers: some users are far more active than others.
    const user = Math.floor(random.next() ** 2 * this.users);
    const kind = random.next();
    const type = kind < 0.55 ? 'deploy.finished' : kind < 0.9 ? 'review.done' : 'incident.resolved';
    const team = random.chance(0.5) ? { team_id: `team-${String(user % TEAMS)}` } : {};
    return {
      event_id: `e-${String(Math.floor(n / SLOTS.length))}-${String(suffix)}`,
      type,
      actor: { user_id: `user-${String(user)}`, tenant_id: tenant, ...team },
      occurred_at: new Date(START_MS + Math.floor(random.next() * DAYS * DAY_MS)).toISOString(),
      properties: { ok: random.chance(0.8), repo: `repo-${String(Math.floor(random.next() ** 1.5 * REPOSITORIES))}` },
    };
  }

  /** The number of the event that is called so in that tenant; null where none is. */
  numberOf(tenantId: string, eventId: string): number | null {
    const [, group, suffix] = EVENT_ID.exec(eventId) ?? [];
    const slot = SLOTS.findIndex((it) => it.tenant === tenantId && it.suffix === Number(suffix));
    return group === undefined || slot === -1 ? null : Number(group) * SLOTS.length + slot;
  }
}

function slotOf(n: number): { tenant: TenantId; suffix: number } {
  const slot = SLOTS[n % SLOTS.length];
  if (slot === undefined) throw new RangeError(`${String(n)} is not the number of an event`);
  return slot;
}
