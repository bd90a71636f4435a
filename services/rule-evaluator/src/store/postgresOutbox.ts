import { type Database, deleteOutbox, takeOutbox } from '@cairn/store';
import { OUTBOX_LEFT_BEHIND_SECONDS } from '../limits.js';
import type { OutboxStore } from '../outbox/OutboxRelay.js';

export function postgresOutbox({ pool }: Database): OutboxStore {
  return {
    takeLeftBehind: async ({ afterId, rowsMax }) => {
      // Two sweeps may take the same rows: they are published under the same ids, and the broker keeps one.
      const rows = await takeOutbox(pool, { limit: rowsMax, afterId, olderThanSeconds: OUTBOX_LEFT_BEHIND_SECONDS });
      return rows.map(({ id, subject, msgId, headers, payload }) => ({ id, subject, messageId: msgId, headers, payload }));
    },
    delete: async (ids) => {
      await deleteOutbox(pool, ids);
    },
  };
}
