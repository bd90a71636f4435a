import { affectedBy, type Catalogue } from '@cairn/engine';
import { isRecountPending, type RecountRow } from '@cairn/store';

/** The achievements of a user that recounts may still unlock. @param pending what is pending in the user's partition */
export function recountingSlugs(catalogue: Catalogue, userId: string, pending: readonly RecountRow[]): ReadonlySet<string> {
  const slugs = new Set<string>();
  for (const row of pending) {
    if (row.kind === 'recount' && isRecountPending(row, userId)) for (const slug of affectedBy(catalogue, row)) slugs.add(slug);
  }
  return slugs;
}
