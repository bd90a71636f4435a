/** An entry of CAIRN_LOG with all that the stream says of it. */
export interface LogEntry {
  sequence: number;
  subject: string;
  /** When the stream took it, epoch milliseconds. */
  storedAt: number;
  headers: { name: string; value: string }[];
  data: Buffer;
}
