import type { EventIdentity } from '@cairn/contracts';
import type { KnownEvent } from './KnownEvent.js';

/** Where all identities of the dedup retention can be looked up: a port. */
export interface IdentityStore {
  /** Every known event of the tenant that shares any identity with one of these. */
  find(tenantId: string, identities: readonly EventIdentity[]): Promise<KnownEvent[]>;
}
