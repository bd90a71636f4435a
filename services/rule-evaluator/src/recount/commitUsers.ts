import type { BatchBuilder } from '../partition/BatchBuilder.js';
import { noCounts } from '../partition/FoldedBatch.js';
import type { RecountPorts } from './RecountPorts.js';

/** Commits what was done to users beside the entries of the log: the position stays where it is. @throws BatchRefused; StoreError */
export async function commitUsers(
  builder: BatchBuilder,
  { pipeline, folder, epoch }: Pick<RecountPorts, 'pipeline' | 'folder' | 'epoch'>,
): Promise<void> {
  const { position } = pipeline;
  const batch = builder.build({ epoch, oldSeq: position, newSeq: position });
  if (batch.userStates.length + batch.unlocks.length + batch.xp.length + (batch.recounts?.length ?? 0) === 0) return;
  await pipeline.commitAlone({
    number: folder.nextNumber(),
    entries: [],
    rest: [],
    batch,
    touched: builder.touched,
    identities: [],
    progress: builder.progress,
    counts: { ...noCounts(), unlocks: builder.unlocks },
  });
}
