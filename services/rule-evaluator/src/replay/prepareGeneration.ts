import type { Logger } from '@cairn/runtime';
import { createGeneration, type Database, dropGeneration, findGeneration, type GenerationNames, sameMigrations } from '@cairn/store';
import { ReplayError } from './ReplayError.js';

export interface GenerationToPrepare {
  live: Database;
  databaseUrl: string;
  names: GenerationNames;
  partitions: number;
  purpose: { tenantId: string | null; source: string; layout: string };
  /** Whether what an interrupted replay has left is dropped, instead of going on with it. */
  restart: boolean;
  logger: Logger;
}

/** Goes on with the generation that an interrupted replay has left, or begins a new one. Answers which. */
export async function prepareGeneration(of: GenerationToPrepare): Promise<{ resumed: boolean }> {
  const { names, purpose, logger } = of;
  const { pool } = of.live;
  await dropGeneration(pool, names, 'retired');
  const found = await findGeneration(pool, names);
  if (found.state === 'unfinished' && !of.restart) {
    refuseOther(found.purpose, purpose);
    await refuseOtherSchema(of);
    logger.info({ schema: names.generation }, 'going on with the generation that is there');
    return { resumed: true };
  }
  await dropGeneration(pool, names, 'generation');
  await createGeneration(pool, { ...purpose, names, databaseUrl: of.databaseUrl, partitions: of.partitions });
  await refuseOtherSchema(of);
  return { resumed: false };
}

function refuseOther(is: GenerationToPrepare['purpose'], wanted: GenerationToPrepare['purpose']): void {
  const differs = (['tenantId', 'source', 'layout'] as const).filter((field) => is[field] !== wanted[field]);
  if (differs.length === 0) return;
  const told = differs.map((field) => `${NAMES[field]} ${is[field] ?? 'all'}, not ${wanted[field] ?? 'all'}`).join('; ');
  throw new ReplayError(
    'generation_differs',
    `an unfinished replay is there, of ${told}: go on with that one, or begin anew with --restart`,
  );
}

const NAMES = { tenantId: 'tenant', source: 'source', layout: 'version' } as const;

async function refuseOtherSchema({ live, names }: GenerationToPrepare): Promise<void> {
  if (await sameMigrations(live.pool, names)) return;
  throw new ReplayError('schema_differs', 'the installation was migrated by another version of Cairn: replay with the version that runs');
}
