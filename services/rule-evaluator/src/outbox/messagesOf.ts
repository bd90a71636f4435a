import type { CommittedBatch } from '@cairn/store';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { OutboxMessage } from './OutboxRelay.js';

/** What a batch has to tell, now that it is committed. */
export function messagesOf({ batch }: FoldedBatch, committed: CommittedBatch): OutboxMessage[] {
  return batch.outbox.flatMap((row, index) => {
    const written = committed.outbox[index];
    return written === undefined
      ? []
      : [{ id: written.id, subject: row.subject, messageId: row.msgId, headers: row.headers, payload: written.payload }];
  });
}
