import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import { type FoldedBatch, noCounts } from '../partition/FoldedBatch.js';
import type { ControlPlace } from './ControlContext.js';

/** A batch that moves the position past an entry, and changes nothing else. */
export function emptyBatch(entry: Entry, context: ControlPlace): FoldedBatch {
  return foldedOf(new BatchBuilder(context.partition), { entry, context, newSeq: entry.sequence });
}

/** @param of.newSeq the entry's sequence for its last batch; the position before it for those that come first */
export function foldedOf(builder: BatchBuilder, of: { entry: Entry; context: ControlPlace; newSeq: number }): FoldedBatch {
  const { epoch, position } = of.context;
  return {
    number: of.context.folder.nextNumber(),
    entries: [of.entry],
    rest: [],
    batch: builder.build({ epoch, oldSeq: position, newSeq: of.newSeq }),
    touched: builder.touched,
    identities: [],
    progress: builder.progress,
    counts: { ...noCounts(), deadLetters: builder.deadLetters, unlocks: builder.unlocks },
  };
}
