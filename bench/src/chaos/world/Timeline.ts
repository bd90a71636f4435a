/** More than any run brings about. */
const ENTRIES_MAX = 50_000;
const SECOND_MS = 1_000;

export interface TimelineEntry {
  seconds: number;
  what: string;
}

/** What was done to Cairn and when, said as it happens. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];
  readonly #print: (line: string) => void;
  readonly #startMs = performance.now();
  /** How often each fault was brought about, by its name. */
  readonly faults = new Map<string, number>();
  kills = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get seconds(): number {
    return (performance.now() - this.#startMs) / SECOND_MS;
  }

  tell(what: string): void {
    const seconds = Math.round(this.seconds * 10) / 10;
    if (this.entries.length < ENTRIES_MAX) this.entries.push({ seconds, what });
    this.#print(`${seconds.toFixed(1).padStart(8)} s  ${what}`);
  }

  count(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }
}
