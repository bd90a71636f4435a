import { readFile } from 'node:fs/promises';
import { PACK_FILES, type PackName } from '@cairn/packs';
import type { CairnClient, PackChange } from '@cairn/sdk';
import { parse } from 'yaml';

/** Publishes packs that come with Cairn; the same again changes nothing. Answers what changed. */
export async function publishPacks(client: CairnClient, names: readonly PackName[]): Promise<PackChange[]> {
  const changes: PackChange[] = [];
  for (const name of names) {
    const document: unknown = parse(await readFile(PACK_FILES[name], 'utf8'));
    changes.push(...(await client.publishPack(name, document)).changes);
  }
  return changes.filter(({ change }) => change !== 'unchanged');
}
