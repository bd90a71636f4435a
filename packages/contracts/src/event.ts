/** Where an event was made. */
export const PLATFORMS = ['linux', 'macos', 'windows', 'web', 'ci', 'server', 'other'] as const;
export type Platform = (typeof PLATFORMS)[number];

export interface EventSource {
  platform: Platform;
  app: string | null;
  ref: string | null;
  sdk: string | null;
  sdkVersion: string | null;
}

/** An event that has passed the doors: complete, normalised, identified. This is what the log holds. */
export interface CairnEvent {
  eventId: string;
  idempotencyKey: string | null;
  type: string;
  tenantId: string;
  userId: string;
  teamId: string | null;
  source: EventSource;
  /** Epoch milliseconds. */
  occurredAt: number;
  /** Epoch milliseconds. */
  receivedAt: number;
  /** `occurred_at` lay ahead of the server and was replaced by the time of receipt. */
  clockSkewed: boolean;
  /** It is told long after it happened: it counts, and what it brings about is silent. It is no part of what the event says. */
  backfill: boolean;
  /** A JSON object as text: parsed only where a rule asks for it. */
  propertiesJson: string;
  schemaVersion: number;
  identity: EventIdentity;
}

/** What makes an event the same as another within a tenant: 16-byte hashes. */
export interface EventIdentity {
  eventIdHash: Buffer;
  keyHash: Buffer | null;
  fingerprint: Buffer | null;
  /** Over the canonical JSON of what the producer said, without its identifiers and `source.sdk*`. */
  payloadHash: Buffer;
}

/** The event as producers write it (contract, section 2), after defaults are known to be absent or present. */
export interface WireEvent {
  event_id?: string | undefined;
  idempotency_key?: string | undefined;
  type: string;
  actor: {
    user_id: string;
    tenant_id?: string | undefined;
    team_id?: string | undefined;
  };
  source?:
    | {
        platform?: Platform | undefined;
        app?: string | undefined;
        ref?: string | undefined;
        sdk?: string | undefined;
        sdk_version?: string | undefined;
      }
    | undefined;
  /** RFC 3339. */
  occurred_at: string;
  properties?: Record<string, unknown> | undefined;
  schema_version?: number | undefined;
  /** It is told long after it happened: it counts, and what it brings about is silent. Default: false. */
  backfill?: boolean | undefined;
}
