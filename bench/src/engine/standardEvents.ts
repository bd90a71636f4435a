import type { EngineEvent } from '@cairn/engine';
import { SeededRandom } from '@cairn/testing/random';
import { zipf } from '../harness/zipf.js';
import { makeEvent } from './makeEvent.js';
import { EVENT_TYPES } from './standardPack.js';

const FROM = Date.UTC(2026, 0, 1);
/** How long all of the standard events take. */
export const STANDARD_DAYS = 120;
const DAY_MS = 86_400_000;
const REPOS = 300;
/** Most people work in few of all the repositories that there are. */
const REPOS_A_USER = 20;
const SEED = 20_260_412;

export interface UserEvent {
  user: number;
  event: EngineEvent;
}

type Draw = (below: number) => number;

const repoOf = (user: number, draw: Draw): string => `repo-${String((user * REPOS_A_USER + draw(REPOS_A_USER)) % REPOS)}`;

const PROPERTIES: Readonly<Record<string, (draw: Draw, user: number) => Record<string, unknown>>> = {
  'build.succeeded': (draw) => ({ project: `project-${String(draw(40))}`, branch: 'main', seconds: draw(240) }),
  'commit.authored': (draw, user) => ({
    repo: repoOf(user, draw),
    files_changed: draw(20),
    insertions: draw(400),
    deletions: draw(200),
    merge: draw(5) === 0,
    kind: 'feat',
  }),
  'review.submitted': (draw, user) => ({
    repo: repoOf(user, draw),
    verdict: draw(3) > 0 ? 'approved' : 'commented',
    comments: draw(9),
  }),
  'deploy.completed': (draw) => ({
    environment: draw(2) === 0 ? 'production' : 'staging',
    score: draw(100),
    service: `svc-${String(draw(50))}`,
  }),
  'incident.resolved': (draw) => ({ severity: `sev${String(1 + draw(4))}`, minutes: draw(240) }),
};

/** Makes the events of users of whom few are busy, over some months, most of them in order. The same each time. */
export class StandardEvents {
  readonly #random = new SeededRandom(SEED);
  readonly #drawUser: () => number;
  readonly #types = EVENT_TYPES.flatMap(({ type, weight }) => Array.from({ length: weight }, () => type));
  readonly #days: number;
  #made = 0;

  constructor(
    readonly total: number,
    users: number,
    { days = STANDARD_DAYS }: { days?: number } = {},
  ) {
    this.#days = days;
    this.#drawUser = zipf(users, () => this.#random.next());
  }

  /** The next events, at most so many; none when all were made. */
  next(count: number): UserEvent[] {
    return Array.from({ length: Math.min(count, this.total - this.#made) }, () => this.#make(this.#made++));
  }

  #make(i: number): UserEvent {
    const draw: Draw = (below) => Math.floor(this.#random.next() * below);
    const user = this.#drawUser();
    const type = this.#types[draw(this.#types.length)] ?? 'build.succeeded';
    const late = draw(20) === 0 ? draw(3 * DAY_MS) : 0;
    const occurredAt = FROM + Math.floor((i / this.total) * this.#days * DAY_MS) - late;
    return { user, event: makeEvent({ i, user, type, occurredAt, propertiesJson: JSON.stringify(PROPERTIES[type]?.(draw, user) ?? {}) }) };
  }
}
