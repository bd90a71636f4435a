import type { Logger } from '../createLogger.js';

/** Who calls: what a token stands for. */
export interface Principal {
  tenantId: string;
  /** The tenant's surrogate key in the store. */
  tenantKey: number;
  /** The tenant that it was merged into: all that it may still do is send events, which are that one's. null, or left out, as a rule. */
  mergedInto?: string | null;
  /** The name of the token. */
  name: string;
  scopes: ReadonlySet<string>;
}

/** What every handler below `/v1/` finds in its context. */
export type AppEnv = { Variables: { principal: Principal; log: Logger } };
