import type { Logger } from '@cairn/runtime';
import { CONTROL_ATTEMPTS_MAX } from '../limits.js';
import type { BatchPipeline } from '../partition/BatchPipeline.js';
import { isPoison } from '../partition/BatchRefused.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { ControlPlace } from './ControlContext.js';
import { refuseControl } from './refuseControl.js';

type ControlEntryOfLog = Entry & { kind: 'control' };

/** How a loop applies control entries. */
export interface ControlLoop<Context extends ControlPlace> {
  pipeline: BatchPipeline;
  /** Where the loop stands now. */
  contextOf(hints: { repairUnlocks: boolean }): Context;
  apply(entry: ControlEntryOfLog, context: Context): AsyncGenerator<FoldedBatch>;
  signal: AbortSignal;
  logger: Logger;
}

/** What an entry holds may be refused as that of a batch is: then the states are repaired, and in the end it goes to the dead letters. */
export async function commitControl<Context extends ControlPlace>(entry: ControlEntryOfLog, loop: ControlLoop<Context>): Promise<void> {
  const { pipeline } = loop;
  for (let attempt = 1; ; attempt++) {
    try {
      await tryControl(entry, loop, { repairUnlocks: attempt > 1 });
      return;
    } catch (error) {
      if (!isPoison(error)) throw error;
      // The catalogue in memory may be the one behind the entry already.
      pipeline.begin(pipeline.position);
      if (attempt < CONTROL_ATTEMPTS_MAX) continue;
      const context = loop.contextOf({ repairUnlocks: false });
      const about = { partition: context.partition, sequence: entry.sequence, kind: entry.control.body.kind };
      loop.logger.error({ err: error, ...about }, 'a control entry cannot be applied: it goes to the dead letters');
      await pipeline.commitAlone(refuseControl(entry, context, { code: 'unfoldable_event', message: String(error) }));
      return;
    }
  }
}

async function tryControl<Context extends ControlPlace>(
  entry: ControlEntryOfLog,
  loop: ControlLoop<Context>,
  hints: { repairUnlocks: boolean },
): Promise<void> {
  for await (const folded of loop.apply(entry, loop.contextOf(hints))) {
    // What takes long is begun anew by the next owner, who finds done what is done.
    if (loop.signal.aborted) return;
    await loop.pipeline.commitAlone(folded);
  }
}
