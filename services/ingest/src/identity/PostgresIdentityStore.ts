import { CairnError, type EventIdentity } from '@cairn/contracts';
import { type Database, findIdentities, findTenant, type IdentityRow, type PreparedConnection } from '@cairn/store';
import { RETRY_AFTER_SECONDS, TENANT_KEYS_MAX } from '../limits.js';
import { hashText } from './hashText.js';
import type { IdentityStore } from './IdentityStore.js';
import type { KnownEvent } from './KnownEvent.js';

/** The table `events`, which holds all that was evaluated. */
export class PostgresIdentityStore implements IdentityStore {
  readonly #pool: Database['pool'];
  readonly #lookUps: PreparedConnection;
  /** Only of tenants that exist: one that is not there yet is asked for again. */
  readonly #tenantKeys = new Map<string, number>();

  /** @param lookUps for what is asked again and again */
  constructor(pool: Database['pool'], lookUps: PreparedConnection) {
    this.#pool = pool;
    this.#lookUps = lookUps;
  }

  /** @throws CairnError `unavailable` */
  async find(tenantId: string, identities: readonly EventIdentity[]): Promise<KnownEvent[]> {
    try {
      const tenantKey = await this.#tenantKeyOf(tenantId);
      // A tenant that nobody has seen has no events.
      if (tenantKey === null) return [];
      const rows = await findIdentities(this.#lookUps, {
        tenantKey,
        eventIdHashes: identities.map(({ eventIdHash }) => eventIdHash),
        keyHashes: identities.map(({ keyHash }) => keyHash),
        fingerprints: identities.map(({ fingerprint }) => fingerprint),
      });
      return rows.map(toKnownEvent);
    } catch (cause) {
      throw new CairnError('unavailable', 'earlier events cannot be looked up at the moment: try again', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause,
      });
    }
  }

  async #tenantKeyOf(tenantId: string): Promise<number | null> {
    const known = this.#tenantKeys.get(tenantId);
    if (known !== undefined) return known;
    const tenant = await findTenant(this.#pool, tenantId);
    if (tenant === null) return null;
    if (this.#tenantKeys.size >= TENANT_KEYS_MAX) this.#tenantKeys.clear();
    this.#tenantKeys.set(tenantId, tenant.tenantKey);
    return tenant.tenantKey;
  }
}

function toKnownEvent(row: IdentityRow): KnownEvent {
  return {
    eventId: row.eventId,
    sequence: row.logSeq,
    eventIdHash: toText(row.eventIdHash),
    keyHash: row.keyHash === null ? null : toText(row.keyHash),
    fingerprint: row.fingerprint === null ? null : toText(row.fingerprint),
    payloadHash: toText(row.payloadHash),
  };
}

function toText(uuid: string): string {
  return hashText(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}
