import { pathOf, type Transport } from './transport.js';

/** How far the history of a merged tenant has come along. */
export interface TenantHistory {
  events: number;
  /** 0 to 1. */
  progress: number;
  finished_at: string | null;
}

/** What became of the wish to merge a tenant into another. */
export interface TenantMergeResult {
  result: 'merged' | 'already_merged';
  tenant_id: string;
  into: string;
  /** The place in the log. */
  sequence: number;
  in_effect: boolean;
  /** null while it is not in effect. */
  history: TenantHistory | null;
}

/** A tenant that was merged into another. */
export interface TenantMerge {
  tenant_id: string;
  into: string;
  sequence: number;
  merged_at: string;
  history: TenantHistory;
}

interface CallOptions {
  signal?: AbortSignal;
}

/** Whole tenants, for who runs the install. */
export class Tenants {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** All that is sent for `from` is of `into` from here on, and what came before comes along. For good; doing it again does nothing. */
  async merge(tenants: { from: string; into: string }, reason: string, { signal }: CallOptions = {}): Promise<TenantMergeResult> {
    const answer = await this.#transport.json({
      method: 'POST',
      path: pathOf('v1', 'admin', 'tenants', tenants.from, 'merges'),
      body: { contentType: 'application/json', text: JSON.stringify({ into: tenants.into, reason }) },
      idempotent: true,
      signal,
    });
    return answer as TenantMergeResult;
  }

  /** What a tenant was merged into, and how far its history has come along. */
  async merged(tenant: string, { signal }: CallOptions = {}): Promise<TenantMerge> {
    const path = pathOf('v1', 'admin', 'tenants', tenant, 'merge');
    return (await this.#transport.json({ method: 'GET', path, idempotent: true, signal })) as TenantMerge;
  }
}
