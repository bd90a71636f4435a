export interface TenantSettings {
  /** The zone of users who told none; null is UTC. */
  timezone: string | null;
  /** From the lowest to the highest. */
  tierOrder: readonly string[];
}

/** The tier of a user without a subscription. */
export const TIER_FREE = 'free';

export const DEFAULT_TIER_ORDER: readonly string[] = [TIER_FREE, 'basic', 'pro', 'enterprise'];

export const DEFAULT_SETTINGS: TenantSettings = { timezone: null, tierOrder: DEFAULT_TIER_ORDER };
