import type { WireEvent } from '../scenario/history.js';
import { type FirstStage, rulesAt } from '../scenario/pack.js';
import { EACH_RED_XP, type Rule } from '../scenario/rules.js';
import { NaiveAliases } from './NaiveAliases.js';
import { NaiveChoices } from './NaiveChoices.js';
import { NaiveHolder } from './NaiveHolder.js';

/** What people have to do with whom; each method is something that happened, in the order of the log. */
export class NaiveTenant {
  readonly aliases = new NaiveAliases();
  readonly users = new Map<string, NaiveHolder>();
  readonly teams = new Map<string, NaiveHolder>();
  /** Who was erased once, however much they have done since. */
  readonly erased = new Set<string>();
  /** What users did, in order, without what was retracted. */
  readonly #lived = new Map<string, WireEvent[]>();
  #stage: FirstStage | 'later';

  constructor(stage: FirstStage) {
    this.#stage = stage;
  }

  user(name: string): NaiveHolder {
    return this.#holder('user', this.aliases.userOf(name));
  }

  team(name: string): NaiveHolder {
    return this.#holder('team', name);
  }

  /** @param name what the log calls its user */
  live(wire: WireEvent, name: string): void {
    const userId = this.aliases.userOf(name);
    const user = this.user(userId);
    this.#livedBy(userId).push(wire);
    if (wire.type !== 'build.succeeded') {
      user.choose(chosen(user.choices, wire));
      return;
    }
    const counted = { eventId: wire.event_id, colour: wire.properties.colour ?? '', choices: user.choices };
    user.count(counted);
    if (wire.actor.team_id !== undefined) this.team(wire.actor.team_id).count(counted);
  }

  /** Means nothing for an event that is another's, or that is not there. */
  retract({ eventId, userId: name }: { eventId: string; userId: string }): void {
    const userId = this.aliases.userOf(name);
    const lived = this.#livedBy(userId);
    const at = lived.findIndex((wire) => wire.event_id === eventId);
    const [wire] = at === -1 ? [] : lived.splice(at, 1);
    if (wire === undefined) return;
    if (wire.type !== 'build.succeeded') {
      this.#rechoose(userId);
      return;
    }
    const user = this.user(userId);
    user.retract(eventId, user.choices);
    if (wire.actor.team_id !== undefined) this.team(wire.actor.team_id).retract(eventId, NaiveChoices.none);
  }

  publish(): void {
    this.#stage = 'later';
    for (const user of this.users.values()) user.publish(this.#rulesOf('user'));
    for (const team of this.teams.values()) team.publish(this.#rulesOf('team'));
  }

  merge(asked: { from: string; into: string }): void {
    const merge = this.aliases.merge(asked);
    if (merge === null) return;
    this.#holder('user', merge.into).takeOver(this.#holder('user', merge.from));
    this.#livedBy(merge.into).push(...this.#livedBy(merge.from).splice(0));
  }

  /** What teams reached with them stays until they are counted anew. */
  erase(names: readonly string[]): void {
    for (const name of names) {
      this.users.delete(name);
      this.#lived.delete(name);
      this.erased.add(name);
    }
    this.aliases.forget(names);
  }

  /** What a user chose was another thing than it seemed, for all that came since. */
  #rechoose(userId: string): void {
    const lived = this.#livedBy(userId);
    const choicesAt = new Map<string, NaiveChoices>();
    let choices = NaiveChoices.none;
    for (const wire of lived) {
      if (wire.type === 'build.succeeded') choicesAt.set(wire.event_id, choices);
      else choices = chosen(choices, wire);
    }
    this.user(userId).choseOtherwise(choicesAt, choices);
    for (const name of new Set(lived.map(({ actor }) => actor.team_id))) {
      if (name !== undefined) this.team(name).choseOtherwise(choicesAt, choices);
    }
  }

  #livedBy(userId: string): WireEvent[] {
    let lived = this.#lived.get(userId);
    if (lived === undefined) this.#lived.set(userId, (lived = []));
    return lived;
  }

  #holder(scope: 'user' | 'team', name: string): NaiveHolder {
    const all = scope === 'user' ? this.users : this.teams;
    let holder = all.get(name);
    // A team is paid nothing.
    if (holder === undefined) {
      holder = new NaiveHolder({ scope, rules: this.#rulesOf(scope), eachRedXp: scope === 'user' ? EACH_RED_XP : 0 });
      all.set(name, holder);
    }
    return holder;
  }

  #rulesOf(scope: 'user' | 'team'): readonly Rule[] {
    return rulesAt(this.#stage).filter((rule) => rule.scope === scope);
  }
}

function chosen(before: NaiveChoices, { type, properties }: WireEvent): NaiveChoices {
  return before.with(type === 'privacy.opted_out' ? 'out' : 'in', properties.category);
}
