import {
  EXPLORER_XP,
  HONOUR_XP,
  INCIDENT_XP,
  INCIDENT_XP_A_DAY_MAX,
  LEVELS,
  REPOSITORIES_EXPLORED,
  REVIEWER_XP,
  REVIEWS_A_MONTH,
  TEAM_DEPLOYS,
  VETERAN_AT_XP,
  VETERAN_XP,
} from './chaosPack.js';
import type { EventPlan } from './EventPlan.js';

/** What must have come of it, by `tenant|user`, and `tenant|team:<team>` for teams. */
export interface Expected {
  events: number;
  /** `holder|slug|level|period` → XP. */
  unlocks: Map<string, number>;
  /** All XP of a user; who has none is not in it. */
  xp: Map<string, number>;
  /** Deploys that count for the first achievement. */
  deploys: Map<string, number>;
}

interface Facts {
  deploys: number;
  reviews: Map<string, number>;
  repositories: Set<string>;
  incidents: Map<string, number>;
}

const MONTH_CHARACTERS = 7;
const DAY_CHARACTERS = 10;

/** Counts the list of what was sent in the most naive way, with no code of Cairn's. `honoured` holds `tenant|user`. */
export function recount(plan: EventPlan, sent: number, honoured: ReadonlySet<string>): Expected {
  const users = new Map<string, Facts>();
  const teams = new Map<string, number>();
  for (let n = 0; n < sent; n++) {
    const { type, actor, occurred_at: at, properties } = plan.at(n);
    const facts = entryOf(users, `${actor.tenant_id}|${actor.user_id}`, noFacts);
    facts.repositories.add(properties.repo);
    if (type === 'deploy.finished' && properties.ok) facts.deploys++;
    if (type === 'review.done') increase(facts.reviews, at.slice(0, MONTH_CHARACTERS));
    if (type === 'incident.resolved') increase(facts.incidents, at.slice(0, DAY_CHARACTERS));
    if (type === 'deploy.finished' && actor.team_id !== undefined) increase(teams, `${actor.tenant_id}|team:${actor.team_id}`);
  }
  const expected: Expected = { events: sent, unlocks: new Map(), xp: new Map(), deploys: new Map() };
  for (const [user, facts] of users) addUser(expected, user, facts);
  for (const [team, deploys] of teams)
    for (let n = 1; n * TEAM_DEPLOYS <= deploys; n++) expected.unlocks.set(`${team}|team-deployer||#${String(n)}`, 0);
  for (const user of honoured) {
    expected.unlocks.set(`${user}|honoured||`, HONOUR_XP);
    expected.xp.set(user, HONOUR_XP);
  }
  return expected;
}

function addUser({ unlocks, xp, deploys }: Expected, user: string, facts: Facts): void {
  let total = 0;
  const unlock = (key: string, reward: number): void => {
    unlocks.set(`${user}|${key}`, reward);
    total += reward;
  };
  for (const { name, threshold, xp_reward: reward } of LEVELS) if (facts.deploys >= threshold) unlock(`deployer|${name}|`, reward);
  for (const [month, reviews] of facts.reviews) if (reviews >= REVIEWS_A_MONTH) unlock(`monthly-reviewer||${month}`, REVIEWER_XP);
  if (facts.repositories.size >= REPOSITORIES_EXPLORED) unlock('explorer||', EXPLORER_XP);
  for (const incidents of facts.incidents.values()) total += Math.min(INCIDENT_XP * incidents, INCIDENT_XP_A_DAY_MAX);
  if (total >= VETERAN_AT_XP) unlock('veteran||', VETERAN_XP);
  deploys.set(user, facts.deploys);
  if (total > 0) xp.set(user, total);
}

function noFacts(): Facts {
  return { deploys: 0, reviews: new Map(), repositories: new Set(), incidents: new Map() };
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function entryOf<T>(map: Map<string, T>, key: string, make: () => T): T {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
