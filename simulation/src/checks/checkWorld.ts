import { createHash } from 'node:crypto';
import { HEADER } from '@cairn/contracts';
import { decodeState, decodeTeamState, progress } from '@cairn/engine';
import { partitionOfNobody } from '@cairn/store';
import { catalogueAt } from '../scenario/pack.js';
import { type Tables, unlockKey } from '../servers/Tables.js';
import type { World } from '../world/World.js';
import { checkFates, deadLettersOf, isOfEntry } from './checkFates.js';
import type { Finished } from './Finished.js';
import { haveSharedNames } from './haveSharedNames.js';
import type { NaiveHolder } from './NaiveHolder.js';
import type { NaiveTenant } from './NaiveTenant.js';
import { naiveOutcome, nameOf } from './naiveOutcome.js';

const catalogue = catalogueAt('later');

/** Everything that is promised, of a world at rest. Answers what does not hold. */
export function checkWorld(finished: Finished): string[] {
  const { world } = finished;
  const { tables } = world.database;
  const naive = naiveOutcome(world, finished);
  return [
    ...checkFates(finished),
    ...checkOrders(world),
    ...checkUnlocks(tables),
    ...checkLedger(tables, naive),
    ...checkHolders(tables, naive),
    ...checkPublished(world, naive),
    ...checkLog(world),
    ...checkRebuilt(finished),
  ];
}

/** What people order can always be done. */
function checkOrders(world: World): string[] {
  const refused = deadLettersOf(world).filter(isOfEntry);
  return refused.map(({ headers }) => `${headers.get(HEADER.originSubject) ?? ''} was refused: ${headers.get(HEADER.error) ?? ''}`);
}

function checkUnlocks({ unlocks }: Tables): string[] {
  const seen = new Set<string>();
  return unlocks.flatMap((row) => {
    const key = unlockKey(row);
    if (seen.has(key)) return [`${key} was unlocked twice`];
    seen.add(key);
    return [];
  });
}

/** Σ ledger = Σ rewards of what is held, and what rules paid and took back; for each user. */
function checkLedger(tables: Tables, { aliases }: NaiveTenant): string[] {
  const users = tables.all('user');
  return [...users].flatMap(([userId, userKey]) => {
    const ledger = tables.xp.filter((row) => row.userKey === userKey);
    // Rules paid each of them under the name that they had; the ledger of who was merged was closed, with nothing left in it.
    const names = [userId, ...aliases.aliasesOf(userId)].map((name) => users.get(name));
    const byRules = tables.xp.filter(({ ruleId, userKey: key }) => ruleId !== null && names.includes(key));
    const ofRules = aliases.userOf(userId) === userId ? sum(byRules.map(({ amount }) => amount)) : 0;
    const rewards = sum(tables.unlocks.filter((row) => row.userKey === userKey && row.revokedAt === null).map(({ xpReward }) => xpReward));
    const paid = sum(ledger.map(({ amount }) => amount));
    const inOrder = [...ledger].sort((one, other) => one.logSeq - other.logSeq || one.ordinal - other.ordinal);
    return [
      ...(paid === rewards + ofRules ? [] : [`${userId} was paid ${paid} XP for rewards of ${rewards} and ${ofRules} by rules`]),
      ...inOrder
        .filter(({ amount, totalAfter }, i) => totalAfter !== (inOrder[i - 1]?.totalAfter ?? 0) + amount)
        .map(
          ({ amount, totalAfter, causedBy }) => `the ledger of ${userId} does not add up at ${amount} XP to ${totalAfter} by ${causedBy}`,
        ),
    ];
  });
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

/** States, unlocks and XP are what a naive count of the events says, of users and of teams. */
function checkHolders(tables: Tables, { users, teams }: NaiveTenant): string[] {
  const userIds = new Set([...users.keys(), ...tables.all('user').keys()]);
  const violations = [...userIds].flatMap((name) => checkHolder(tables, { kind: 'user', name }, users.get(name)));
  const teamIds = new Set([...teams.keys(), ...tables.all('team').keys()]);
  return [...violations, ...[...teamIds].flatMap((name) => checkHolder(tables, { kind: 'team', name }, teams.get(name)))];
}

function checkHolder(tables: Tables, { kind, name }: { kind: 'user' | 'team'; name: string }, naive: NaiveHolder | undefined): string[] {
  const key = tables.findKey({ kind, name });
  const due = naive?.held() ?? [];
  const held = tables.unlocks.filter((row) => row.userKey === key && row.revokedAt === null).map(nameOf);
  const total = sum(tables.xp.filter((row) => row.userKey === key).map(({ amount }) => amount));
  const counted = countedBy(tables, { kind, key });
  const events = naive?.countedFor(kind === 'user' ? 'pairs' : 'crew') ?? 0;
  return [
    ...(counted === events ? [] : [`${name} is at ${counted} of ${events} events`]),
    ...(total === (naive?.xp ?? 0) ? [] : [`${name} has ${total} XP instead of ${naive?.xp ?? 0}`]),
    ...due.filter((unlock) => !held.includes(unlock)).map((unlock) => `${name} lacks ${unlock}`),
    ...held.filter((unlock) => !due.includes(unlock)).map((unlock) => `${name} should not have ${unlock}`),
  ];
}

/** What the counter is at that goes on and on. */
function countedBy(tables: Tables, { kind, key }: { kind: 'user' | 'team'; key: number | undefined }): number {
  const state = key === undefined ? undefined : tables.states.get(key)?.state;
  if (state === undefined) return 0;
  const [rules, decoded, slug] =
    kind === 'user' ? [catalogue, decodeState(state), 'pairs'] : [catalogue.ofTeams, decodeTeamState(state), 'crew'];
  return progress(rules, decoded, 0).find((item) => item.slug === slug)?.value ?? 0;
}

interface Told {
  unlock_id: string;
  user_id: string | null;
}

/** Each unlock went out, under its one id, and each time that it was taken back or came again; and nothing else did. */
function checkPublished({ nats, database: { tables } }: World, naive: NaiveTenant): string[] {
  // Somebody new comes under the ids of who was erased: for a while the stream takes their unlocks for those that it knows.
  const sent = nats.events.messages
    .filter(({ subject }) => subject.startsWith('events.achievement.'))
    .map(({ subject, messageId, data }) => ({ subject, messageId, ...(JSON.parse(Buffer.from(data).toString('utf8')) as Told) }))
    .filter(({ user_id: userId }) => userId === null || !naive.erased.has(userId));
  const told = new Map<string, { given: number; revoked: number }>();
  for (const { subject, unlock_id: id } of sent) {
    const soFar = told.get(id) ?? { given: 0, revoked: 0 };
    told.set(id, { ...soFar, ...(subject.endsWith('.revoked') ? { revoked: soFar.revoked + 1 } : { given: soFar.given + 1 }) });
  }
  const known = new Set(tables.unlocks.map(({ unlockId }) => uuidOf(unlockId)));
  const ids = sent.map(({ messageId }) => messageId);
  return [
    ...tables.unlocks.flatMap((row) => {
      const { kind, name } = tables.owners.get(row.userKey) ?? { kind: 'user', name: '?' };
      if (kind === 'user' && naive.erased.has(name)) return [];
      const point = (kind === 'team' ? naive.teams : naive.users).get(name)?.points.get(nameOf(row));
      const { given, revoked } = told.get(uuidOf(row.unlockId)) ?? { given: 0, revoked: 0 };
      const due = { given: point?.given ?? 0, revoked: point?.revoked ?? 0 };
      if (given === due.given && revoked === due.revoked) return [];
      return [
        `${nameOf(row)} of ${name} was told ${given} times instead of ${due.given}, and taken back ${revoked} instead of ${due.revoked}`,
      ];
    }),
    ...[...told.keys()].filter((id) => !known.has(id)).map((id) => `unlock ${id} was published and does not exist`),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `message ${id} stands in EVENTS twice`),
  ];
}

function uuidOf(unlockId: unknown): string {
  const hex = typeof unlockId === 'string' ? unlockId.replaceAll('-', '') : Buffer.from(unlockId as Uint8Array).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** An entry stands in the log once, however often it was sent. */
function checkLog({ nats }: World): string[] {
  const seen = new Set<string>();
  return nats.log.messages.flatMap(({ sequence, messageId }) => {
    if (messageId === null || !seen.has(messageId)) {
      if (messageId !== null) seen.add(messageId);
      return [];
    }
    return [`entry ${sequence} of the log was there before`];
  });
}

/** The log alone leads to the same, unless two users had events under one name: who of them was the first is known to the live tables alone. */
function checkRebuilt({ world, rebuilt }: Finished): string[] {
  if (haveSharedNames(world.nats.log.messages)) return [];
  const live = describe(world.database.tables);
  const again = describe(rebuilt);
  return [
    ...live.filter((line) => !again.includes(line)).map((line) => `a rebuild does not have: ${line}`),
    ...again.filter((line) => !live.includes(line)).map((line) => `only a rebuild has: ${line}`),
  ];
}

function describe({ owners, events, unlocks, xp, states }: Tables): string[] {
  const nameOfKey = (key: number): string => {
    const owner = owners.get(key);
    const partition = partitionOfNobody(key);
    if (partition !== null) return `nobody of partition ${partition}`;
    return owner === undefined ? '?' : `${owner.kind} ${owner.name}`;
  };
  return [
    ...events.map(
      ({ eventId, userKey, sequence, index, retractedSeq }) =>
        `event ${eventId} of ${nameOfKey(userKey)} at ${sequence}.${index}, retracted by ${retractedSeq ?? 'nothing'}`,
    ),
    ...unlocks.map(
      (row) =>
        `unlock ${uuidOf(row.unlockId)}, ${nameOf(row)} of ${nameOfKey(row.userKey)} by ${row.causedBy}, taken back: ${row.revokedReason ?? 'no'}`,
    ),
    // In which order one event paid for two things may differ.
    ...xp.map(({ entryId, userKey, amount, causedBy }) => `${amount} XP of ${nameOfKey(userKey)} by ${causedBy}, entry ${uuidOf(entryId)}`),
    ...[...states].map(([key, { state }]) => `state ${createHash('sha256').update(state).digest('hex').slice(0, 16)} of ${nameOfKey(key)}`),
  ];
}
