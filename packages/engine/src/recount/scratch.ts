import { adoptState } from '../adoptState.js';
import { isBuiltIn } from '../builtInTypes.js';
import type { ByHand, Occasion } from '../byHand.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { Effects } from '../effects.js';
import type { EngineEvent } from '../engineEvent.js';
import { fold } from '../fold.js';
import { recheck } from '../recheck.js';
import { Consent } from '../state/consent.js';
import { decodeState, encodeState } from '../state/encodeState.js';
import { emptyState } from '../state/userState.js';
import type { Eligibility, LogPlace, RecountStep } from './recountStep.js';

/** Whether a recount by this catalogue needs to look at events of a type. */
export function concernsRecount(catalogue: Catalogue, type: string): boolean {
  if (isBuiltIn(type)) return true;
  const { rules, xpRules } = catalogue.index.candidatesOf(type);
  return rules.length > 0 || xpRules.length > 0;
}

/** One user's history under what is recounted alone: a state of its own, and all that came of it, in log order. */
export class Scratch {
  readonly state = emptyState();
  readonly steps: RecountStep[] = [];
  readonly #publication: number;
  /** Places behind the publication at which an event stands that was told long after it happened. */
  readonly #backfill = new Set<string>();
  #eligibleThen: Eligibility | null = null;

  /** @param publication the sequence of the entry that asked for the recount */
  constructor(publication: number) {
    this.#publication = publication;
  }

  /** What held at the publication, before the events behind it. */
  get eligibility(): Eligibility {
    return this.#eligibleThen ?? this.#current();
  }

  /** Of whatever type: what such an event brings about is silent, and so is what only now follows from that. */
  noteBackfill({ sequence, index }: LogPlace): void {
    if (sequence > this.#publication) this.#backfill.add(nameOf({ sequence, index }));
  }

  isBackfill(place: LogPlace): boolean {
    return this.#backfill.has(nameOf(place));
  }

  /** Calls come in the order of the log, without duplicates. */
  fold(catalogue: Catalogue, event: EngineEvent): void {
    const isDue = event.sequence > this.#publication && isBuiltIn(event.type);
    if (isDue) this.#eligibleThen ??= this.#current();
    this.#note(event, fold(catalogue, this.state, event));
    if (!isDue) return;
    const { sequence, index, occurredAt: at, eventId: cause } = event;
    this.steps.push({ kind: 'eligibility', sequence, index, eligibility: this.#current(), at, cause });
  }

  /** After an entry that changed the catalogue or the settings. */
  recheck(catalogue: Catalogue, { sequence, ...occasion }: Occasion & { sequence: number }): void {
    this.#note({ sequence, index: 0 }, recheck(catalogue, this.state, occasion));
  }

  grant(catalogue: Catalogue, sequence: number, byHand: ByHand): void {
    const rule = catalogue.rules.get(byHand.slug);
    if (rule !== undefined && this.state.achievements.has(rule.slug)) adoptState(this.state, rule);
    // The value that it is given at; what is counted goes on from here.
    const counts = decodeState(encodeState(this.state)).achievements.get(byHand.slug) ?? null;
    this.steps.push({ kind: 'grant', sequence, index: 0, byHand, counts });
  }

  revoke(sequence: number, byHand: ByHand): void {
    this.steps.push({ kind: 'revocation', sequence, index: 0, byHand });
  }

  #note({ sequence, index }: LogPlace, effects: Effects): void {
    for (const effect of effects.unlocks) this.steps.push({ kind: 'unlock', sequence, index, effect });
    // What an unlock pays is paid when it is given.
    for (const effect of effects.xp) if (effect.reason === 'rule') this.steps.push({ kind: 'earning', sequence, index, effect });
  }

  #current(): Eligibility {
    const consent = new Consent();
    consent.merge(this.state.consent);
    return { tier: this.state.tier, consent };
  }
}

function nameOf({ sequence, index }: LogPlace): string {
  return `${String(sequence)}:${String(index)}`;
}
