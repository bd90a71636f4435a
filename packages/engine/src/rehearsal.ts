import { Catalogue } from './catalogue/catalogue.js';
import type { TenantSettings } from './catalogue/tenantSettings.js';
import type { Effects } from './effects.js';
import type { EngineEvent, EventSource } from './engineEvent.js';
import { explain } from './explain/explain.js';
import { type ProgressItem, progress } from './explain/progress.js';
import { fold } from './fold.js';
import { grant } from './grant.js';
import type { Pack } from './packs/pack.js';
import { emptyState, type UserState } from './state/userState.js';
import { foldTeam } from './teams/foldTeam.js';

/** An event without what follows from its place in the order. */
export interface RehearsedEvent {
  type: string;
  at: number;
  userId: string;
  teamId: string | null;
  properties: Readonly<Record<string, unknown>>;
  source: Partial<EventSource>;
}

export interface RehearsedGrant {
  at: number;
  userId: string;
  slug: string;
  level: string | null;
  period: string | null;
}

/** An unlock of a user or a team, written `slug`, `slug:level`, `slug@period` or `slug:level@period`. */
export interface RehearsedUnlock {
  scope: 'user' | 'team';
  id: string;
  key: string;
}

export interface Rehearsed {
  unlocks: RehearsedUnlock[];
  evaluationFailures: number;
}

const NO_SOURCE: EventSource = { platform: 'other', app: null, ref: null, sdk: null, sdkVersion: null };

/** Folds events as a server would on which nothing but one pack is published, for as many users and teams as there are. */
export class Rehearsal {
  readonly #catalogue: Catalogue;
  readonly #users = new Map<string, UserState>();
  readonly #teams = new Map<string, UserState>();
  readonly #history = new Map<string, EngineEvent[]>();
  #sequence = 0;

  constructor(pack: Pack, settings: Partial<TenantSettings> = {}) {
    const tenant = Catalogue.empty().configure(settings);
    const plan = tenant.planPublish(pack, () => 1);
    let keys = 0;
    this.#catalogue = tenant.publish(pack, plan, { sequence: 0, publishedAt: 0, keyOf: () => (keys += 1) });
  }

  take(rehearsed: RehearsedEvent): Rehearsed {
    const event = this.#toEvent(rehearsed);
    const { userId, teamId } = event;
    const user = this.#stateOf(this.#users, userId);
    const effects = fold(this.#catalogue, user, event);
    const history = this.#history.get(userId);
    if (history === undefined) this.#history.set(userId, [event]);
    else history.push(event);
    if (teamId === null) return outcomeOf(effects, 'user', userId);
    const ofTeam = foldTeam(this.#catalogue, this.#stateOf(this.#teams, teamId), { event, member: user });
    const [own, shared] = [outcomeOf(effects, 'user', userId), outcomeOf(ofTeam, 'team', teamId)];
    return { unlocks: [...own.unlocks, ...shared.unlocks], evaluationFailures: own.evaluationFailures + shared.evaluationFailures };
  }

  give({ at, userId, slug, level, period }: RehearsedGrant): Rehearsed {
    this.#sequence += 1;
    const effects = grant(this.#catalogue, this.#stateOf(this.#users, userId), {
      slug,
      level,
      period,
      at,
      cause: `grant-${String(this.#sequence)}`,
      reason: 'rehearsed',
    });
    return outcomeOf(effects, 'user', userId);
  }

  xpOf(userId: string): number {
    return this.#users.get(userId)?.xp ?? 0;
  }

  progressOf(of: { scope: 'user' | 'team'; id: string }, now: number): ProgressItem[] {
    const isTeam = of.scope === 'team';
    const state = (isTeam ? this.#teams : this.#users).get(of.id) ?? emptyState();
    return progress(isTeam ? this.#catalogue.ofTeams : this.#catalogue, state, now);
  }

  /** Why a user has it, or why not yet, in words, with what an expression made of the newest event that it kept from counting; null where there is nothing to say. */
  why(userId: string, slug: string, now: number): string | null {
    const explanation = explain(this.#catalogue, slug, { history: this.#history.get(userId) ?? [], now });
    if (explanation === null) return null;
    const { summary, status, notCounted } = explanation;
    const refused =
      status === 'unlocked' ? undefined : notCounted.find(({ reason }) => reason === 'evaluation_failed' || reason === 'where_false');
    return refused === undefined ? summary : `${summary} ${refused.detail}`;
  }

  #stateOf(states: Map<string, UserState>, id: string): UserState {
    const known = states.get(id);
    if (known !== undefined) return known;
    const state = emptyState();
    states.set(id, state);
    return state;
  }

  #toEvent({ type, at, userId, teamId, properties, source }: RehearsedEvent): EngineEvent {
    const sequence = (this.#sequence += 1);
    return {
      eventId: `event-${String(sequence)}`,
      type,
      tenantId: 'default',
      userId,
      teamId,
      source: { ...NO_SOURCE, ...source },
      occurredAt: at,
      receivedAt: at,
      clockSkewed: false,
      backfill: false,
      schemaVersion: 1,
      propertiesJson: JSON.stringify(properties),
      sequence,
      index: 0,
    };
  }
}

function outcomeOf(effects: Effects, scope: 'user' | 'team', id: string): Rehearsed {
  const unlocks = effects.unlocks.map(({ definition, level, period }) => ({
    scope,
    id,
    key: `${definition.slug}${level === null ? '' : `:${level}`}${period === null ? '' : `@${period}`}`,
  }));
  return { unlocks, evaluationFailures: effects.evaluationFailures };
}
