import { emptyState, encodeState, fold } from '@cairn/engine';
import type pg from 'pg';
import { publishPacks } from '../engine/publishPacks.js';
import { StandardEvents } from '../engine/standardEvents.js';
import { standardPacks } from '../engine/standardPack.js';

/** As many as a user of middling activity has. */
const EVENTS_OF_A_STATE = 40;

/** Makes users with states of usual size, named as the standard work names them. */
export async function fillUsers(database: pg.Client, users: number): Promise<void> {
  if (users === 0) return;
  await database.query(
    `INSERT INTO users (tenant_key, user_id)
     SELECT tenant_key, 'user-' || n FROM tenants, generate_series(0, $1::int - 1) AS n WHERE tenant_id = 'default'
     ON CONFLICT DO NOTHING`,
    [users],
  );
  await database.query(
    `INSERT INTO user_state (tenant_key, user_key, last_seq, state)
     SELECT tenant_key, user_key, 0, $1 FROM users WHERE kind = 0
     ON CONFLICT DO NOTHING`,
    [usualState()],
  );
}

/** What forty events leave. */
function usualState(): Buffer {
  const catalogue = publishPacks(standardPacks(20));
  const state = emptyState();
  for (const { event } of new StandardEvents(EVENTS_OF_A_STATE, 1).next(EVENTS_OF_A_STATE)) fold(catalogue, state, event);
  return Buffer.from(encodeState(state));
}
