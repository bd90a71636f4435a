import { decodeTick, encodeTick, LOG_STREAM, TICK_SUBJECT, tickIdOf } from '@cairn/contracts';
import { JetStreamApiCodes, JetStreamApiError, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { TickLog } from './TickLog.js';

const WRONG_LAST_SEQUENCE: readonly number[] = [
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
];

/** Of several processes that append at once, one does: the others are told that they were too late. */
export function jetStreamTicks(nats: NatsConnection): TickLog {
  const js = jetstream(nats);
  return {
    async last() {
      const manager = await js.jetstreamManager(false);
      const message = await manager.streams.getMessage(LOG_STREAM, { last_by_subj: TICK_SUBJECT });
      return message === null ? null : { sequence: message.seq, at: decodeTick(message.data) };
    },
    async append(at, after) {
      try {
        await js.publish(TICK_SUBJECT, encodeTick(at), { msgID: tickIdOf(at), expect: { lastSubjectSequence: after?.sequence ?? 0 } });
        return true;
      } catch (error) {
        if (error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.includes(error.code)) return false;
        throw error;
      }
    },
  };
}
