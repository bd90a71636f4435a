/** What a replay found, as `cairn replay --json` prints it. */
export interface ReplayReport {
  /** `nothing_to_compare`: the live generation was empty. */
  verdict: 'equal' | 'different' | 'nothing_to_compare';
  /** Whether the rebuilt state is in place now. */
  swapped: boolean;
  tenant: string | null;
  /** How far of the log is in what was compared or put in place. */
  sequence: number;
  digest: { live: string; rebuilt: string };
  tables: TableReport[];
  seconds: number;
}

export interface TableReport {
  table: string;
  rows: { live: number; rebuilt: number };
  /** Rows that differ; `differences` holds the first of them. */
  different: number;
  differences: Difference[];
}

export interface Difference {
  /** What the row is known by. */
  row: Record<string, unknown>;
  /** `missing`: the log says that it should be there. `unfounded`: nothing in the log leads to it. */
  kind: 'missing' | 'unfounded' | 'changed';
  /** Of a changed row, what differs. */
  columns: Record<string, { live: unknown; rebuilt: unknown }>;
}
