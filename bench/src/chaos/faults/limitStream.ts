import { setTimeout as delay } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Fault } from './Fault.js';

/** Those that refuse what is new when they are full; EVENTS forgets what is old, as its operator has decided. */
const STREAMS = ['CAIRN_LOG', 'CAIRN_DLQ'] as const;
const ROUNDS_MAX = 8;
const UNLIMITED = -1;
const HEAL_TRIES_MAX = 100;
const RETRY_MS = 300;

/** A stream may hold no byte more than it does. Whatever process starts meanwhile lifts the limit, so that it is set again and again. */
export const limitStream: Fault = {
  name: 'stream at its limit',
  run: async ({ world, random, wait }) => {
    const stream = random.pick(STREAMS);
    const nats = await connect({ servers: world.nats.url.split(','), noAsyncTraces: true, maxReconnectAttempts: -1 });
    try {
      const manager = await jetstreamManager(nats);
      world.timeline.tell(`${stream} is at its limit`);
      try {
        for (let round = 2 + random.below(ROUNDS_MAX); round > 0; round--) {
          const { config, state } = await manager.streams.info(stream);
          await manager.streams.update(stream, { ...config, max_bytes: Math.max(1, state.bytes) });
          await wait(1, 1);
        }
      } finally {
        await lift(manager, stream);
      }
      world.timeline.tell(`${stream} has no limit any more`);
    } finally {
      await nats.close();
    }
  },
};

async function lift(manager: JetStreamManager, stream: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { config } = await manager.streams.info(stream);
      await manager.streams.update(stream, { ...config, max_bytes: UNLIMITED });
      return;
    } catch (error) {
      if (attempt === HEAL_TRIES_MAX) throw error;
      await delay(RETRY_MS);
    }
  }
}
