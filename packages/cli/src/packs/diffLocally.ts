import type { Pack } from '@cairn/engine';
import { diffPacks } from '@cairn/engine/authoring';
import type { PackDiff } from '@cairn/sdk';

/** A difference of two files: of versions and users it knows nothing. */
export type LocalDiff = Omit<PackDiff, 'users' | 'changes'> & {
  users: null;
  changes: (Omit<PackDiff['changes'][number], 'version'> & { version: null })[];
};

/** What would change if one pack took the place of another, without a server. */
export function diffLocally(before: Pack, after: Pack): LocalDiff {
  const { achievements, xpRules, ranks } = diffPacks(before, after);
  return {
    pack: after.pack,
    users: null,
    changes: achievements.map(({ name, change, fields, onPublish }) => ({
      slug: name,
      change,
      version: null,
      on_publish: onPublish,
      fields,
    })),
    xp_rules: xpRules.map(({ name, change, fields }) => ({ id: name, change, fields })),
    ranks,
  };
}
