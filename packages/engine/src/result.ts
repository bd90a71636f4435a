/** One thing that is wrong with what a person wrote, and what to write instead. */
export interface Issue {
  /** Where, e.g. `achievements[2].criteria.where`; empty for the whole. */
  path: string;
  /** Stable; messages may be reworded. */
  code: string;
  message: string;
  /** The character of the text at `path` that it is about, from 0; of an expression. */
  at?: number;
}

export type Result<T> = { ok: true; value: T } | { ok: false; issues: Issue[] };
