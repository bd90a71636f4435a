/** An entry of CAIRN_LOG as it was written. */
export interface RawEntry {
  sequence: number;
  subject: string;
  data: Uint8Array;
  /** One of its headers; read only where it is needed, since few entries have any that tells something. */
  header?(this: void, name: string): string | undefined;
}

/** The entries of one partition, in order, without a gap: a reader that cannot keep that promise breaks. */
export interface LogReader {
  /** Resolves when an entry is there; rejects when the reader broke or was closed. */
  ready(): Promise<void>;
  /** The next entry that has arrived, without waiting. */
  shift(): RawEntry | undefined;
  /** A hint for operators and for flow control: all up to here is committed. */
  acknowledge(sequence: number): void;
  close(): Promise<void>;
}

/** What a reader reads. */
export interface ReadFrom {
  partition: number;
  epoch: number;
  /** The first entry is one behind it. */
  after: number;
  signal: AbortSignal;
  /** Of the entries; those of the partition and all control entries unless told otherwise. */
  subjects?: readonly string[];
}

export interface HistoryOf {
  /** One or some, in the order of the log; null: all of them. */
  partition: number | readonly number[] | null;
  tenantId: string;
  /** The first entry is one behind it; the log's first where left out. */
  after?: number;
  /** The last entry is one before it. */
  before: number;
  /** Whether control entries of the tenant come too. */
  control?: 'include' | 'exclude';
  signal: AbortSignal;
}

/** The log, as the evaluator needs it. */
export interface EvaluationLog {
  /**
   * Entries of the partition and control entries behind `after`. The epoch names the consumer, so that owners do not share one.
   * Rejects with LogBehind, and with ReaderBroken once the signal says to stop.
   */
  open(from: ReadFrom): Promise<LogReader>;
  /**
   * Entries of a tenant between two places in the log, in order: for a recount. It ends when that was really all; where it cannot
   * go on, or the signal says to stop, it throws ReaderBroken.
   */
  history(of: HistoryOf): AsyncIterable<RawEntry>;
}

/** The reader can no longer say that it saw everything: open another one from the committed position. */
export class ReaderBroken extends Error {
  readonly code = 'reader_broken';

  constructor(why: string, options?: ErrorOptions) {
    super(`the reader of the log broke: ${why}`, options);
    this.name = 'ReaderBroken';
  }
}

/** The log ends before the committed position: entries were lost from it, and new ones would be taken for old. */
export class LogBehind extends Error {
  readonly code = 'log_behind';

  constructor(of: { partition: number; lastSequence: number; position: number }) {
    super(
      `CAIRN_LOG ends at ${of.lastSequence}, but partition ${of.partition} has evaluated it up to ${of.position}: ` +
        'the stream was cut or made anew. Restore it from a backup, or begin with an empty database',
    );
    this.name = 'LogBehind';
  }
}
