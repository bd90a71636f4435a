import { SeededRandom } from '@cairn/testing/random';

/** A seeded stream of events with duplicates and late ones, and what must come out of it, computed without the engine. */
export interface History {
  /** In the order of sending; duplicates among them. */
  sent: WireEvent[];
  expected: Expected;
}

export interface WireEvent {
  event_id: string;
  type: string;
  actor: { user_id: string };
  occurred_at: string;
  properties: Record<string, unknown>;
}

export interface Expected {
  events: number;
  /** `user|slug|level|period` → XP reward. */
  unlocks: Map<string, number>;
  /** Matches of the first achievement for each user. */
  deploys: Map<string, number>;
}

export interface HistoryOptions {
  seed: number;
  events: number;
  users: number;
  /** Share of the events that are sent twice. */
  duplicates: number;
}

export const CHAOS_PACK = {
  pack: 'chaos',
  achievements: [
    {
      slug: 'deployer',
      name: 'Deployer',
      description: 'Deploy again and again.',
      reason: 'A counter with levels, so that each of them must come exactly once.',
      category: 'chaos',
      rarity: 'common',
      scope: 'user',
      criteria: { type: 'count', event: 'deploy.finished', where: 'properties.ok == true' },
      levels: [
        { name: 'bronze', threshold: 5, xp_reward: 10 },
        { name: 'silver', threshold: 25, xp_reward: 20 },
        { name: 'gold', threshold: 50, xp_reward: 40 },
      ],
    },
    {
      slug: 'monthly-reviewer',
      name: 'Monthly Reviewer',
      description: 'Three reviews in a month.',
      reason: 'A period each, so that late events fall into the right one.',
      category: 'chaos',
      rarity: 'common',
      scope: 'user',
      xp_reward: 7,
      criteria: { type: 'count', event: 'review.done', threshold: 3, window: { calendar: 'month' } },
      repeat: 'each_period',
    },
    {
      slug: 'explorer',
      name: 'Explorer',
      description: 'Touch eight repositories.',
      reason: 'A set, so that order must not matter.',
      category: 'chaos',
      rarity: 'uncommon',
      scope: 'user',
      xp_reward: 30,
      criteria: { type: 'distinct', event: '*.*', value: 'properties.repo', threshold: 8 },
    },
    {
      slug: 'veteran',
      name: 'Veteran',
      description: 'Earn a hundred XP.',
      reason: 'A cascade, so that XP counted twice would show.',
      category: 'chaos',
      rarity: 'rare',
      scope: 'user',
      xp_reward: 5,
      criteria: { type: 'xp', threshold: 100 },
    },
  ],
};

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 0, 1);
const DAYS = 150;
const REPOSITORIES = 12;

export function generateHistory(options: HistoryOptions): History {
  const seeded = new SeededRandom(options.seed);
  const random = () => seeded.next();
  const unique = Array.from({ length: options.events }, (_, index) => makeEvent(index, options.users, random));
  const sent: WireEvent[] = [];
  for (const [index, event] of unique.entries()) {
    sent.push(event);
    if (random() < options.duplicates) {
      const earlier = unique[Math.floor(random() * (index + 1))];
      if (earlier !== undefined) sent.push(earlier);
    }
  }
  return { sent, expected: recount(unique) };
}

function makeEvent(index: number, users: number, random: () => number): WireEvent {
  // The square favours low numbers: some users are far more active than others.
  const user = Math.floor(random() ** 2 * users);
  return {
    event_id: `chaos-${index}`,
    type: random() < 0.6 ? 'deploy.finished' : 'review.done',
    actor: { user_id: `user-${user}` },
    occurred_at: new Date(START_MS + Math.floor(random() * DAYS * DAY_MS)).toISOString(),
    properties: { ok: random() < 0.8, repo: `repo-${Math.floor(random() ** 1.5 * REPOSITORIES)}` },
  };
}

/** The naive way: everything from the whole list, with no code of Cairn's. */
function recount(events: readonly WireEvent[]): Expected {
  const unlocks = new Map<string, number>();
  const deploys = new Map<string, number>();
  for (const [user, own] of groupBy(events, (event) => event.actor.user_id)) {
    const deployed = own.filter((event) => event.type === 'deploy.finished' && event.properties['ok'] === true).length;
    deploys.set(user, deployed);
    for (const [level, threshold, reward] of [
      ['bronze', 5, 10],
      ['silver', 25, 20],
      ['gold', 50, 40],
    ] as const) {
      if (deployed >= threshold) unlocks.set(`${user}|deployer|${level}|`, reward);
    }
    const reviews = own.filter((event) => event.type === 'review.done');
    for (const [month, inMonth] of groupBy(reviews, (event) => event.occurred_at.slice(0, 7))) {
      if (inMonth.length >= 3) unlocks.set(`${user}|monthly-reviewer||${month}`, 7);
    }
    if (new Set(own.map((event) => event.properties['repo'])).size >= 8) unlocks.set(`${user}|explorer||`, 30);
    const xp = [...unlocks].filter(([key]) => key.startsWith(`${user}|`)).reduce((sum, [, reward]) => sum + reward, 0);
    if (xp >= 100) unlocks.set(`${user}|veteran||`, 5);
  }
  return { events: events.length, unlocks, deploys };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
