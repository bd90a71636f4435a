import { randomUUID } from 'node:crypto';
import { CairnError } from '@cairn/contracts';
import type { Catalogue, Pack, PublishPlan } from '@cairn/engine';
import { diffPacks, type PackDifference } from '@cairn/engine/authoring';
import type { Principal } from '@cairn/runtime';
import { countUsers, type Database, versionsBefore } from '@cairn/store';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import { PUBLISH_ATTEMPTS_MAX } from '../../limits.js';
import type { ControlLog } from '../../log/ControlLog.js';
import type { EvaluatedPositions } from '../../log/EvaluatedPositions.js';
import { invalidPack, type ReadPack } from './readPack.js';

export interface Publication {
  plan: PublishPlan;
  /** Whether anything was published. */
  isChanged: boolean;
  /** Where in the log the pack was last published; null where it never was. */
  sequence: number | null;
  isInEffect: boolean;
}

export interface PlannedPublication {
  plan: PublishPlan;
  difference: PackDifference;
  /** Of the tenant. */
  users: number;
}

export interface PackPublisherPorts {
  database: Database;
  catalogues: CatalogueCache;
  controlLog: ControlLog;
  positions: EvaluatedPositions;
  now: () => number;
  /** How long it waits until a publication is in effect. */
  inEffectMsMax: number;
}

/** Publishes packs: plans against what is in effect, and appends to the log only if nobody else did in between. */
export class PackPublisher {
  readonly #ports: PackPublisherPorts;

  constructor(ports: PackPublisherPorts) {
    this.#ports = ports;
  }

  /** @throws CairnError `invalid_pack`, `conflict`, `unavailable` */
  async publish(by: Principal, read: ReadPack): Promise<Publication> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#publishOnce(by, read);
      } catch (error) {
        const isOvertaken = error instanceof CairnError && error.code === 'conflict';
        if (!isOvertaken || attempt >= PUBLISH_ATTEMPTS_MAX) throw error;
      }
    }
  }

  /** What publishing it now would change; nothing is published. @throws CairnError `invalid_pack` */
  async diff(by: Principal, pack: Pack): Promise<PlannedPublication> {
    const { database, catalogues } = this.#ports;
    const [{ plan }, catalogue, users] = await Promise.all([
      this.#plan(by, pack),
      catalogues.get(by.tenantKey),
      countUsers(database.pool, by.tenantKey),
    ]);
    return { plan, difference: diffPacks(packOf(catalogue, pack.pack), pack), users };
  }

  async #publishOnce(by: Principal, { pack, contentJson }: ReadPack): Promise<Publication> {
    const { controlLog, positions, now, inEffectMsMax } = this.#ports;
    const last = await controlLog.lastOf(by.tenantId, 'pack_published');
    await this.#waitForEarlier(last);
    const { plan, sequence } = await this.#plan(by, pack);
    if (!changesAnything(plan)) return { plan, isChanged: false, sequence, isInEffect: sequence !== null };
    const published = await controlLog.append(
      {
        entryId: randomUUID(),
        tenantId: by.tenantId,
        at: now(),
        actor: by.name,
        body: { kind: 'pack_published', pack: pack.pack, contentJson },
      },
      { last },
    );
    const isEvaluated = await positions.waitForAll(published, inEffectMsMax);
    if (isEvaluated) await this.#refuseIgnored(by, pack.pack, published);
    return { plan, isChanged: true, sequence: published, isInEffect: isEvaluated };
  }

  /** A plan is right only against all that was published before. */
  async #waitForEarlier(last: number): Promise<void> {
    const { positions, inEffectMsMax } = this.#ports;
    if (last === 0 || (await positions.waitForAll(last, inEffectMsMax))) return;
    throw new CairnError('unavailable', 'an earlier publication is not in effect yet: is an evaluator running? try again', {
      retryAfterSeconds: 5,
    });
  }

  async #plan(by: Principal, pack: Pack): Promise<{ plan: PublishPlan; sequence: number | null }> {
    const { database, catalogues } = this.#ports;
    const [catalogue, versions] = await Promise.all([
      catalogues.get(by.tenantKey),
      versionsBefore(database.pool, { tenantKey: by.tenantKey, sequence: Number.MAX_SAFE_INTEGER }),
    ]);
    const plan = catalogue.planPublish(pack, (slug) => (versions.get(slug) ?? 0) + 1);
    if (plan.issues.length > 0) throw invalidPack(plan.issues);
    return { plan, sequence: catalogue.packs.get(pack.pack)?.sequence ?? null };
  }

  /** The evaluator has the last word: a setting that changed in between can make a pack invalid. */
  async #refuseIgnored(by: Principal, pack: string, sequence: number): Promise<void> {
    const catalogue = await this.#ports.catalogues.get(by.tenantKey);
    if ((catalogue.packs.get(pack)?.sequence ?? 0) >= sequence) return;
    throw new CairnError('conflict', 'another change came in at the same time, and the pack was not taken: try again');
  }
}

/** A pack as it is in effect; null where there is none of the name. */
function packOf({ packs, definitions }: Catalogue, name: string): Pack | null {
  const published = packs.get(name);
  if (published === undefined) return null;
  const achievements = [...definitions.values()].filter(({ pack }) => pack === name).map(({ definition }) => definition);
  return { pack: name, achievements, xpRules: published.xpRules, ranks: published.ranks };
}

function changesAnything(plan: PublishPlan): boolean {
  return plan.xpRulesChanged || plan.ranksChanged || plan.changes.some(({ change }) => change !== 'unchanged');
}
