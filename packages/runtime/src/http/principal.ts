import type { Logger } from '../createLogger.js';

/** Who calls: what a token stands for. */
export interface Principal {
  tenantId: string;
  /** The tenant's surrogate key in the store. */
  tenantKey: number;
  /** The name of the token. */
  name: string;
  scopes: ReadonlySet<string>;
}

/** What every handler below `/v1/` finds in its context. */
export type AppEnv = { Variables: { principal: Principal; log: Logger } };
