import type { Catalogue } from '../catalogue/catalogue.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { isInstant } from '../instant.js';
import type { Pack, Scope } from '../packs/pack.js';
import type { Result } from '../result.js';
import { emptyState, type UserState } from '../state/userState.js';
import { foldTeam } from '../teams/foldTeam.js';
import { buildReport } from './buildReport.js';
import { Crowd } from './crowd.js';
import { type DraftCatalogue, draftCatalogue } from './draftCatalogue.js';
import { EventWatch } from './eventWatch.js';
import { FreshUnlocks } from './freshUnlocks.js';
import { PREVIEW_USERS_MAX } from './limits.js';
import { MemberChoices } from './memberChoices.js';
import type { PreviewReport } from './previewReport.js';

export interface PreviewOptions {
  /** What is published in the tenant, and its settings. */
  published: Catalogue;
  /** Only events that occurred at this instant or later are folded; null for all. */
  since: number | null;
  /** Users, and teams, whose state is held: beyond that, a sample of them goes on. */
  usersMax?: number;
}

/**
 * A draft of a pack, folded over the history as if it had been published before the first event, whatever `on_publish` says: how
 * its criteria fare. Compared with what people have, it tells what publishing would give them. Events are taken in the order of the log, without duplicates; memory is bounded by the number of users and teams.
 */
export class Preview {
  readonly #pack: Pack;
  readonly #draft: DraftCatalogue;
  readonly #since: number;
  readonly #users: Crowd;
  readonly #teams: Crowd;
  readonly #choices: MemberChoices;
  readonly #watch: EventWatch;
  readonly #fresh: FreshUnlocks;
  #isCompared = false;
  #events = 0;
  #from = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  private constructor(pack: Pack, draft: DraftCatalogue, { since, usersMax: holdersMax = PREVIEW_USERS_MAX }: PreviewOptions) {
    const { catalogue, rules } = draft;
    const crowdOf = (scope: 'user' | 'team'): Crowd => {
      const own = rules.filter(({ definition }) => definition.scope === scope);
      return new Crowd({ catalogue: scope === 'team' ? catalogue.ofTeams : catalogue, rules: own, pack: pack.pack, holdersMax });
    };
    this.#pack = pack;
    this.#draft = draft;
    this.#since = since ?? Number.NEGATIVE_INFINITY;
    this.#users = crowdOf('user');
    this.#teams = crowdOf('team');
    this.#choices = new MemberChoices(catalogue, holdersMax);
    this.#fresh = new FreshUnlocks(draft);
    this.#watch = new EventWatch([
      ...rules.flatMap(({ matchers }) => matchers.flatMap(({ events }) => events)),
      ...pack.xpRules.flatMap(({ event }) => event),
    ]);
  }

  /** Issues where the draft could not be published in this tenant. */
  static begin(pack: Pack, options: PreviewOptions): Result<Preview> {
    const draft = draftCatalogue(pack, options.published);
    return draft.ok ? { ok: true, value: new Preview(pack, draft.value, options) } : draft;
  }

  /** The next event of the log. One that occurred before `since` only tells that its type is alive. */
  take(event: EngineEvent): void {
    const { occurredAt } = event;
    // Nothing can be said about when it happened: the engine counts no such event either.
    if (!isInstant(occurredAt)) return;
    this.#watch.saw(event.type, occurredAt);
    if (occurredAt < this.#since) return;
    this.#events += 1;
    this.#from = Math.min(this.#from, occurredAt);
    this.#until = Math.max(this.#until, occurredAt);
    this.#countForUser(event);
    if (this.#teams.rungs.length > 0) this.#countForTeam(event);
  }

  /** Whom the figures come from: those to compare with what they have, once all events are taken. */
  holderIds(scope: Scope): string[] {
    const crowd = scope === 'user' ? this.#users : this.#teams;
    return crowd.rungs.length === 0 ? [] : [...crowd.holders.keys()];
  }

  /**
   * What one of them has, so that the report tells what is new: once for each. `live` may be changed; null for who has no state.
   * @param of.now when it would be published
   */
  compare(id: string, live: UserState | null, of: { scope: Scope; now: number }): void {
    const { scope, now } = of;
    const holder = (scope === 'user' ? this.#users : this.#teams).holders.get(id);
    const rules = this.#draft.rules.filter(({ definition }) => definition.scope === scope);
    if (holder !== undefined) this.#fresh.add(holder, live ?? emptyState(), { rules, now });
    this.#isCompared = true;
  }

  /** What came of the events so far. It may be asked for again after more of them. */
  report(now: number): PreviewReport {
    return buildReport({
      pack: this.#pack,
      draft: this.#draft,
      since: this.#since === Number.NEGATIVE_INFINITY ? null : this.#since,
      now,
      events: this.#events,
      from: this.#from,
      until: this.#until,
      crowds: { user: this.#users, team: this.#teams },
      tallies: { user: this.#users.tally(), team: this.#teams.tally() },
      watch: this.#watch,
      fresh: this.#isCompared ? this.#fresh : null,
    });
  }

  #countForUser(event: EngineEvent): void {
    const user = this.#users.holderOf(event.userId);
    if (user !== null) this.#users.note(user, event, fold(this.#draft.catalogue, user.state, event));
  }

  /** By the choices of the member, whether the sample of users follows that one or not. */
  #countForTeam(event: EngineEvent): void {
    const member = this.#choices.after(event);
    const team = event.teamId === null ? null : this.#teams.holderOf(event.teamId);
    if (team !== null) this.#teams.note(team, event, foldTeam(this.#draft.catalogue, team.state, { event, member }));
  }
}
