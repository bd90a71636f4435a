/** The ticks of the log, as who appends them sees them. */
export interface TickLog {
  /** The newest; null before the first. */
  last(): Promise<PlacedTick | null>;
  /** Answers whether it is in the log now: it is not where another tick came behind `after` meanwhile. */
  append(at: number, after: PlacedTick | null): Promise<boolean>;
}

export interface PlacedTick {
  sequence: number;
  /** Epoch milliseconds. */
  at: number;
}
