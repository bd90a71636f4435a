import type { ErrorCode } from '@cairn/contracts';
import { BatchBuilder } from '../partition/BatchBuilder.js';
import type { Entry } from '../partition/decodeEntry.js';
import type { FoldedBatch } from '../partition/FoldedBatch.js';
import type { ControlPlace } from './ControlContext.js';
import { foldedOf } from './controlBatch.js';

/** Puts an entry into the dead letters and steps over it. Where several partitions do, it is one letter: they say it under one id. */
export function refuseControl(
  entry: Entry & { kind: 'control' },
  context: ControlPlace,
  { code, message }: { code: ErrorCode; message: string },
): FoldedBatch {
  const builder = new BatchBuilder(context.partition);
  builder.addDeadLetter({ code, message, raw: entry.raw, event: null });
  return foldedOf(builder, { entry, context, newSeq: entry.sequence });
}
