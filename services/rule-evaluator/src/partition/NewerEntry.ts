import type { RawEntry } from '../log/EvaluationLog.js';

/** A newer version of Cairn wrote the entry. An older one that stepped over it would lose it, so it goes no further. */
export class NewerEntry extends Error {
  readonly code = 'newer_entry';

  constructor({ sequence, subject }: Pick<RawEntry, 'sequence' | 'subject'>, cause: Error) {
    super(`entry ${sequence} of the log (${subject}) ${cause.message}: run that version, or a later one`, { cause });
    this.name = 'NewerEntry';
  }
}
