import { setImmediate as nextTurn } from 'node:timers/promises';
import { CairnError } from '@cairn/contracts';
import { decodeState, decodeTeamState, type EngineEvent, type Pack, Preview, type PreviewReport, type Scope } from '@cairn/engine';
import type { Principal } from '@cairn/runtime';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import {
  PREVIEW_CLOCKS_MS_MAX,
  PREVIEW_EVENTS_A_TURN,
  PREVIEW_LOOK_BACK_MS,
  PREVIEW_RETRY_SECONDS,
  PREVIEW_STATES_AT_ONCE,
  PREVIEWS_MAX,
} from '../../limits.js';
import type { TenantHistory } from '../../log/TenantHistory.js';
import { invalidPack } from '../packs/readPack.js';

export interface PreviewerPorts {
  catalogues: Pick<CatalogueCache, 'get'>;
  history: Pick<TenantHistory, 'read'>;
  /** The states of those who have one. */
  states: (of: { tenantKey: number; kind: Scope; userIds: readonly string[] }) => Promise<{ userId: string; state: Buffer }[]>;
  now: () => number;
}

export interface PreviewProgress {
  /** Entries of the log. */
  read: number;
  of: number;
}

/** A preview that has its turn. It must be run, or the turn is never given back. */
export interface BegunPreview {
  /** null where the signal came first. @throws CairnError `unavailable` */
  run(onProgress: (progress: PreviewProgress) => void): Promise<PreviewReport | null>;
}

/** Folds drafts over what tenants did: one at a time for a tenant, a few in the process, and never for long without a pause. */
export class Previewer {
  readonly #ports: PreviewerPorts;
  readonly #busy = new Set<number>();
  readonly #stop = new AbortController();

  constructor(ports: PreviewerPorts) {
    this.#ports = ports;
  }

  /** Ends what runs. */
  stop(): void {
    this.#stop.abort();
  }

  /** @throws CairnError `invalid_pack`, `overloaded` */
  async begin(of: { tenant: Principal; pack: Pack; since: number | null; signal: AbortSignal }): Promise<BegunPreview> {
    const { tenant, pack, since } = of;
    const release = this.#takeTurn(tenant.tenantKey);
    try {
      const begun = Preview.begin(pack, { published: await this.#ports.catalogues.get(tenant.tenantKey), since });
      if (!begun.ok) throw invalidPack(begun.issues);
      const signal = AbortSignal.any([of.signal, this.#stop.signal]);
      return { run: (onProgress) => this.#run(begun.value, { tenant, since, signal, onProgress }).finally(release) };
    } catch (error) {
      release();
      throw error;
    }
  }

  async #run(
    preview: Preview,
    of: { tenant: Principal; since: number | null; signal: AbortSignal; onProgress: (progress: PreviewProgress) => void },
  ): Promise<PreviewReport | null> {
    const { tenant, since, signal, onProgress } = of;
    const now = this.#ports.now();
    const from = since === null ? null : Math.max(0, Math.min(since, now - PREVIEW_LOOK_BACK_MS) - PREVIEW_CLOCKS_MS_MAX);
    const { tenantId, tenantKey } = tenant;
    for await (const { events, read, of: total } of this.#ports.history.read({ tenantId, tenantKey, from, signal })) {
      if (signal.aborted) return null;
      await fold(preview, events);
      onProgress({ read, of: total });
    }
    for (const scope of ['user', 'team'] as const) await this.#compare(preview, { tenantKey, scope, now, signal });
    return signal.aborted ? null : preview.report(now);
  }

  /** With what they have now: what was unlocked since the reading began is not new either. */
  async #compare(preview: Preview, of: { tenantKey: number; scope: Scope; now: number; signal: AbortSignal }): Promise<void> {
    const { tenantKey, scope, now, signal } = of;
    const ids = preview.holderIds(scope);
    for (let i = 0; i < ids.length && !signal.aborted; i += PREVIEW_STATES_AT_ONCE) {
      const page = ids.slice(i, i + PREVIEW_STATES_AT_ONCE);
      const states = new Map((await this.#ports.states({ tenantKey, kind: scope, userIds: page })).map((row) => [row.userId, row.state]));
      for (const id of page) {
        const bytes = states.get(id);
        const live = bytes === undefined ? null : scope === 'team' ? decodeTeamState(bytes) : decodeState(bytes);
        preview.compare(id, live, { scope, now });
      }
    }
  }

  #takeTurn(tenantKey: number): () => void {
    const retry = { retryAfterSeconds: PREVIEW_RETRY_SECONDS };
    if (this.#busy.has(tenantKey)) throw new CairnError('overloaded', 'another preview is under way here: wait until it is done', retry);
    if (this.#busy.size >= PREVIEWS_MAX) throw new CairnError('overloaded', 'too many previews at once: try again', retry);
    this.#busy.add(tenantKey);
    return () => {
      this.#busy.delete(tenantKey);
    };
  }
}

async function fold(preview: Preview, events: readonly EngineEvent[]): Promise<void> {
  for (const [i, event] of events.entries()) {
    preview.take(event);
    if (i % PREVIEW_EVENTS_A_TURN === PREVIEW_EVENTS_A_TURN - 1) await nextTurn();
  }
}
