import type { CairnEvent } from '@cairn/contracts';
import { TENANT_COPY_LATER_USERS_MAX } from '../limits.js';
import type { EvaluationLog } from '../log/EvaluationLog.js';
import { decodeEntry } from '../partition/decodeEntry.js';
import { type Setting, settingOf } from './settingOf.js';

export interface LaterSettingsOf {
  log: Pick<EvaluationLog, 'history'>;
  /** The tenant that goes on. */
  tenantId: string;
  /** The place in the log from which on what is said there is later than all that comes along. */
  after: number;
  signal: AbortSignal;
}

/**
 * What was said of users since a tenant was merged, live: it stands, though older words come along behind it. What is told long after, as all
 * that comes along is, is not later than that.
 */
export class LaterSettings {
  readonly #of: LaterSettingsOf;
  readonly #saidOf = new Map<string, Set<string>>();
  #readTo: number;

  constructor(of: LaterSettingsOf) {
    this.#of = of;
    this.#readTo = of.after;
  }

  /** Goes on to a place in the log. */
  async readTo(last: number): Promise<void> {
    const { log, tenantId, signal } = this.#of;
    for await (const raw of log.history({ partition: null, tenantId, after: this.#readTo, before: last + 1, signal })) {
      const entry = decodeEntry(raw);
      if (entry.kind === 'newer') throw entry.error;
      if (entry.kind === 'events') for (const event of entry.events) this.#note(event);
    }
    this.#readTo = Math.max(this.#readTo, last);
  }

  /** Whether something later was said of the same user, under that id. A choice about all is one about each. */
  isOutdated(userId: string, setting: Setting): boolean {
    const said = this.#saidOf.get(userId);
    return said !== undefined && (said.has(nameOf(setting)) || said.has(nameOf({ ...setting, category: null })));
  }

  /** Beyond the bound an older setting may come behind a newer one. */
  #note(event: CairnEvent): void {
    const setting = event.backfill ? null : settingOf(event);
    if (setting === null) return;
    const said = this.#saidOf.get(event.userId);
    if (said !== undefined) said.add(nameOf(setting));
    else if (this.#saidOf.size < TENANT_COPY_LATER_USERS_MAX) this.#saidOf.set(event.userId, new Set([nameOf(setting)]));
  }
}

function nameOf({ kind, category }: Setting): string {
  return category === null ? kind : `${kind}:${category}`;
}
