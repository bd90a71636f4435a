import { createHash } from 'node:crypto';
import { CairnError } from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import { type Database, findTenant, insertAudit } from '@cairn/store';
import { LETTERS_AT_ONCE_MAX } from '../../limits.js';
import { entryIdOf } from '../grants/entryIdOf.js';
import type { Letter } from './Letter.js';
import type { LetterBox } from './LetterBox.js';
import { maySee } from './maySee.js';
import type { Redriven, Redriver } from './Redriver.js';

/** What became of one letter. */
export type LetterOutcome =
  | { id: number; result: 'redriven'; to: Redriven }
  | { id: number; result: 'discarded' | 'not_found' }
  | { id: number; result: 'refused'; error: CairnError };

/** Which letters: by their ids, or all of a code, or all. */
export type LetterChoice = { ids: readonly number[] } | { code: string | null; after: number; upTo: number };

export interface LetterActionsPorts {
  database: Database;
  box: LetterBox;
  redriver: Redriver;
}

type Act = (letter: Letter) => Promise<LetterOutcome>;

/** Takes letters out of the box, oldest first and one after the other: back through their doors, or away for good. */
export class LetterActions {
  readonly #ports: LetterActionsPorts;

  constructor(ports: LetterActionsPorts) {
    this.#ports = ports;
  }

  /** What is durable in the log or in EVENTS is taken out of the box, and nothing else. */
  redrive(by: Principal, choice: LetterChoice): Promise<{ outcomes: LetterOutcome[]; end: number | null }> {
    return this.#each(by, choice, async (letter) => {
      const to = await this.#tryRedrive(letter, by);
      if (to instanceof CairnError) return { id: letter.id, result: 'refused', error: to };
      await this.#audit(by, letter, {
        action: 'dead_letter_redriven',
        reason: null,
        subject: { to: to.subject, to_sequence: to.sequence },
      });
      await this.#ports.box.remove(letter.id);
      return { id: letter.id, result: 'redriven', to };
    });
  }

  /** The audit says what it was before it is gone. */
  discard(by: Principal, choice: LetterChoice, reason: string): Promise<{ outcomes: LetterOutcome[]; end: number | null }> {
    return this.#each(by, choice, async (letter) => {
      await this.#audit(by, letter, { action: 'dead_letter_discarded', reason, subject: {} });
      await this.#ports.box.remove(letter.id);
      return { id: letter.id, result: 'discarded' };
    });
  }

  async #each(by: Principal, choice: LetterChoice, act: Act): Promise<{ outcomes: LetterOutcome[]; end: number | null }> {
    if ('ids' in choice) {
      const outcomes: LetterOutcome[] = [];
      for (const id of choice.ids) {
        const letter = await this.#ports.box.find(id);
        outcomes.push(letter !== null && maySee(by, letter) ? await act(letter) : { id, result: 'not_found' });
      }
      return { outcomes, end: null };
    }
    const { letters, end } = await this.#ports.box.page({
      ...choice,
      limit: LETTERS_AT_ONCE_MAX,
      isMeant: (letter) => maySee(by, letter),
    });
    const outcomes: LetterOutcome[] = [];
    for (const letter of letters) outcomes.push(await act(letter));
    return { outcomes, end };
  }

  async #tryRedrive(letter: Letter, { name }: Principal): Promise<Redriven | CairnError> {
    try {
      return await this.#ports.redriver.redrive(letter, name);
    } catch (error) {
      if (error instanceof CairnError && error.code === 'not_redrivable') return error;
      throw error;
    }
  }

  /** With the tenant that it belongs to, where there is one; once, however often it is tried. */
  async #audit(by: Principal, letter: Letter, of: { action: string; reason: string | null; subject: object }): Promise<void> {
    const { pool } = this.#ports.database;
    const { id, at, code, error, subject, originSequence, tenantId, data } = letter;
    const tenant = tenantId === null || tenantId === by.tenantId ? null : await findTenant(pool, tenantId);
    await insertAudit(pool, {
      tenantKey: tenant?.tenantKey ?? by.tenantKey,
      auditId: entryIdOf({ tenantId: tenantId ?? '', action: of.action, idempotencyKey: `${id}:${at}` }),
      actor: by.name,
      action: of.action,
      reason: of.reason,
      subject: {
        letter: id,
        at,
        code,
        error: storable(error),
        subject: storable(subject),
        origin_sequence: originSequence,
        tenant_id: tenantId,
        bytes: data.length,
        sha256: createHash('sha256').update(data).digest('hex'),
        ...of.subject,
      },
    });
  }
}

/** What PostgreSQL's JSON cannot hold can come from outside. */
function storable(text: string): string {
  return text.replace(/[\0\p{Cs}]/gu, '');
}
