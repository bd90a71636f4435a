import { byteaArray, int4Array, int8Array } from '../binaryArrays.js';
import type { UserStateRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

const upsertUserStates: HotStatement = {
  name: 'cairn_upsert_user_states',
  text: `
    INSERT INTO user_state (tenant_key, user_key, state, last_seq)
    SELECT r.tenant_key, r.user_key, r.state, r.last_seq
      FROM unnest($1::int4[], $2::int8[], $3::bytea[], $4::int8[]) AS r(tenant_key, user_key, state, last_seq)
     ORDER BY r.tenant_key, r.user_key
    ON CONFLICT (tenant_key, user_key) DO UPDATE SET state = excluded.state, last_seq = excluded.last_seq`,
};

export function bindUserStates(rows: readonly (UserStateRow & { lastSeq: number })[]): BoundStatement {
  return {
    ...upsertUserStates,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      int8Array(rows.map((row) => row.userKey)),
      byteaArray(rows.map((row) => row.state)),
      int8Array(rows.map((row) => row.lastSeq)),
    ],
  };
}
