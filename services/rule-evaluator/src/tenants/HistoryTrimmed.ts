/** The log was trimmed before all of a history had come along: to go on would lose what is missing without a word. */
export class HistoryTrimmed extends Error {
  readonly code = 'history_trimmed';

  constructor(of: { tenantId: string; scannedSeq: number; firstSequence: number }) {
    super(
      `the history of "${of.tenantId}" came along up to ${of.scannedSeq} of CAIRN_LOG, which begins at ${of.firstSequence} by now, and there ` +
        'were events of it in between: restore the log, and it goes on by itself',
    );
    this.name = 'HistoryTrimmed';
  }
}
