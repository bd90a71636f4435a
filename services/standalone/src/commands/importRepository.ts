import { type CliContext, createProgressBar, type ImportTally, importGit } from '@cairn/cli';
import type { CairnClient } from '@cairn/sdk';

export interface RepositoryImport {
  repo: string;
  tally: ImportTally;
  /** Until everything was evaluated. */
  seconds: number;
}

/** A repository's history as events, with a progress bar on a terminal; resolves when all of it is evaluated. */
export async function importRepository(context: CliContext, client: CairnClient, path: string): Promise<RepositoryImport> {
  const bar = createProgressBar(context.output, 'importing');
  const startedMs = performance.now();
  try {
    const { repo, tally } = await importGit(client, {
      path,
      environment: context.config.environment,
      onProgress: (done, total) => {
        bar.update(done, total);
      },
    });
    await client.waitUntilEvaluated({ sequence: tally.lastSequence });
    return { repo, tally, seconds: (performance.now() - startedMs) / 1000 };
  } finally {
    bar.stop();
  }
}
