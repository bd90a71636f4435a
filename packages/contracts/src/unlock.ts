/** The unlock as the outside sees it (contract, section 6): over NATS, HTTP and server-sent events alike. */
export interface Unlock {
  unlock_id: string;
  tenant_id: string;
  /** null for an unlock of a team. */
  user_id: string | null;
  team_id?: string;
  achievement: {
    slug: string;
    name: string;
    version: number;
    rarity: string;
    category: string;
  };
  level: string | null;
  period: string | null;
  value: number;
  threshold: number;
  xp_reward: number;
  xp_total: number;
  /** RFC 3339. */
  unlocked_at: string;
  caused_by: string;
  /** At most the 20 most recent. */
  evidence: string[];
  backfilled: boolean;
  message: string;
}

/** The same shape, for a revocation. */
export interface Revocation extends Unlock {
  revoked_at: string;
  reason: string;
}

/** Progress as it goes out live, on `realtime.progress.…` and as the server-sent event `progress`. */
export interface ProgressUpdate {
  tenant_id: string;
  user_id: string;
  slug: string;
  name: string;
  status: 'locked' | 'progressing' | 'unlocked';
  value: number;
  threshold: number;
  level: string | null;
  period: string | null;
  eligible: boolean;
}
