/** What every row of an unlock says, whoever writes it or asks for it. */
export interface UnlockFields {
  slug: string;
  level: string | null;
  period: string | null;
  version: number;
  value: number;
  threshold: number;
  xpReward: number;
  xpTotal: number;
  /** Epoch milliseconds. */
  unlockedAt: number;
  causedBy: string;
  message: string | null;
  backfilled: boolean;
}
