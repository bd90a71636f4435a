import type { JetStreamManager } from '@nats-io/jetstream';

/** Deletes a message for good: its place on the disk is overwritten. One that is gone is none to be deleted. */
export async function eraseMessage(manager: JetStreamManager, { stream, sequence }: { stream: string; sequence: number }): Promise<void> {
  try {
    await manager.streams.deleteMessage(stream, sequence, true);
  } catch (error) {
    if ((await manager.streams.getMessage(stream, { seq: sequence })) !== null) throw error;
  }
}
