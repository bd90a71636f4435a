/** A pack with one of each that the reads care about. */
export const TEST_PACK = `
pack: test-pack
achievements:
  - slug: first-build
    name: First Build
    description: Build once.
    reason: We want builds to be started.
    category: builds
    rarity: uncommon
    xp_reward: 50
    criteria: { type: count, event: build.succeeded, threshold: 1 }
    message: "You built {value} and unlocked {name}."
  - slug: builder
    name: Builder
    description: Build often.
    reason: We want builds to go on.
    category: builds
    levels:
      - { name: bronze, threshold: 2, xp_reward: 10 }
      - { name: silver, threshold: 4, xp_reward: 20 }
    criteria: { type: count, event: build.succeeded, where: properties.target == "main" }
  - slug: monthly
    name: Monthly
    description: Ship in a month.
    reason: We want steady shipping.
    category: ships
    repeat: each_period
    xp_reward: 5
    criteria: { type: count, event: ship.sent, threshold: 1, window: { calendar: month } }
  - slug: honour
    name: Honour
    description: Given by hand.
    reason: We want to say thanks.
    category: people
    xp_reward: 100
    criteria: { type: manual }
xp_rules:
  - { id: per-build, event: build.succeeded, amount: 1 }
ranks:
  - { name: Rookie, xp: 0 }
  - { name: Pro, xp: 100 }
`;

let made = 0;

export function buildEvent(user: string, of: { id?: string; at?: string; target?: string; type?: string } = {}) {
  return {
    event_id: of.id ?? `evt-${++made}`,
    type: of.type ?? 'build.succeeded',
    actor: { user_id: user },
    occurred_at: of.at ?? '2026-04-12T10:15:00Z',
    properties: { target: of.target ?? 'main' },
  };
}
