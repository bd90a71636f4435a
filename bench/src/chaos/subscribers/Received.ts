import type { TenantId } from '../plan/EventPlan.js';

const VIOLATIONS_KEPT_MAX = 20;

interface Message {
  unlock_id: string;
  tenant_id: string;
}

/** Unlocks and revocations that arrived at one subscriber, by their ids. */
export class Received {
  readonly unlocks = new Set<string>();
  readonly revocations = new Set<string>();
  readonly violations: string[] = [];
  messages = 0;
  reconnects = 0;

  take(kind: 'unlock' | 'revoke', message: Message): void {
    this.messages++;
    (kind === 'unlock' ? this.unlocks : this.revocations).add(`${message.tenant_id}|${message.unlock_id}`);
  }

  /** @param tenant whose reader it is */
  expectTenant(message: Message, tenant: TenantId): void {
    if (message.tenant_id !== tenant) this.violate(`the reader of ${tenant} got ${JSON.stringify(message)}`);
  }

  violate(what: string): void {
    if (this.violations.length < VIOLATIONS_KEPT_MAX) this.violations.push(what);
  }
}
