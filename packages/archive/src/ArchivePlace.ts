/** Where the files of an archive are kept. */
export interface ArchivePlace {
  /** For messages. */
  readonly name: string;
  /** The names of all files, in order; none where there is nothing yet. */
  list(): Promise<string[]>;
  /** Null where there is no such file. */
  read(name: string): Promise<Buffer | null>;
  /** Whole or not at all, and on disk before it resolves. Replaces what has the name. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** One that is not there is removed already. */
  remove(name: string): Promise<void>;
}
