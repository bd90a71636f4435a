import { DEFAULT_TENANT_ID, deriveXpEntryId } from '@cairn/contracts';
import { type Catalogue, decodeState, type Effects, emptyState, encodeState, fold } from '@cairn/engine';
import { toEngineEvent } from '@cairn/rule-evaluator/parts';
import pg from 'pg';
import type { Submission } from '../pipeline/standardSubmissions.js';
import { admitStandard } from '../work/admitStandard.js';

const INSERT_EVENT = {
  name: 'insert_event',
  text: 'INSERT INTO peer_events (event_id, user_id, type, occurred_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
};
const LOCK_USER = { name: 'lock_user', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))' };
const READ_STATE = { name: 'read_state', text: 'SELECT state FROM peer_states WHERE user_id = $1' };
const WRITE_STATE = {
  name: 'write_state',
  text: 'INSERT INTO peer_states (user_id, state) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET state = excluded.state',
};
const INSERT_UNLOCK = {
  name: 'insert_unlock',
  text: 'INSERT INTO peer_unlocks (user_id, slug, level, period) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
};
const INSERT_XP = {
  name: 'insert_xp',
  text: 'INSERT INTO peer_xp (user_id, entry_key, amount) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
};

/**
 * A transaction for each event, with our own rules in it: the event against duplicates, the user's state read, folded and written,
 * unlocks and XP. Two round trips, everything prepared and pipelined. Nothing is told of an unlock, which is in its favour.
 */
export class EventTransactions {
  readonly #catalogue: Catalogue;
  readonly #free: pg.Client[];
  readonly #all: readonly pg.Client[];
  readonly #waiting: ((client: pg.Client) => void)[] = [];
  #sequence = 0;

  private constructor(catalogue: Catalogue, clients: readonly pg.Client[]) {
    this.#catalogue = catalogue;
    this.#all = clients;
    this.#free = [...clients];
  }

  static async open(of: { databaseUrl: string; catalogue: Catalogue; connections: number }): Promise<EventTransactions> {
    const clients = Array.from({ length: of.connections }, () => new pg.Client({ connectionString: of.databaseUrl, pipeline: true }));
    await Promise.all(clients.map((client) => client.connect()));
    return new EventTransactions(of.catalogue, clients);
  }

  /** Resolves when it is committed. A duplicate changes nothing. */
  async apply(submission: Submission): Promise<void> {
    const client = this.#free.pop() ?? (await new Promise<pg.Client>((resolve) => this.#waiting.push(resolve)));
    try {
      await this.#applyOn(client, submission);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(client);
      else next(client);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((client) => client.end()));
  }

  async #applyOn(client: pg.Client, submission: Submission): Promise<void> {
    const [event] = admitStandard([submission]);
    if (event === undefined) throw new Error('nothing was admitted');
    const { userId } = event;
    const [, inserted, , read] = await Promise.all([
      client.query('BEGIN'),
      client.query({ ...INSERT_EVENT, values: [event.eventId, userId, event.type, new Date(event.occurredAt)] }),
      client.query({ ...LOCK_USER, values: [userId] }),
      client.query<{ state: Buffer }>({ ...READ_STATE, values: [userId] }),
    ]);
    if (inserted.rowCount === 0) {
      await client.query('ROLLBACK');
      return;
    }
    const stored = read.rows[0]?.state;
    const state = stored === undefined ? emptyState() : decodeState(stored);
    const effects = fold(this.#catalogue, state, toEngineEvent(event, { sequence: ++this.#sequence, index: 0 }));
    await Promise.all([
      client.query({ ...WRITE_STATE, values: [userId, Buffer.from(encodeState(state))] }),
      ...this.#writeEffects(client, userId, effects),
      client.query('COMMIT'),
    ]);
  }

  #writeEffects(client: pg.Client, userId: string, effects: Effects): Promise<unknown>[] {
    const unlocks = effects.unlocks.map(({ definition, level, period }) =>
      client.query({ ...INSERT_UNLOCK, values: [userId, definition.definition.slug, level ?? '', period ?? ''] }),
    );
    const xp = effects.xp.map(({ entryKey, amount }) =>
      client.query({ ...INSERT_XP, values: [userId, deriveXpEntryId(DEFAULT_TENANT_ID, userId, entryKey), amount] }),
    );
    return [...unlocks, ...xp];
  }
}
