import type { Rank, XpRule } from '../packs/pack.js';

/** The rules of XP and the ranks of a pack, as published. */
export interface PublishedPack {
  pack: string;
  sequence: number;
  xpRules: XpRule[];
  ranks: Rank[];
}
