import { CairnError } from '@cairn/contracts';
import type { Logger } from '../createLogger.js';
import type { Principal } from './principal.js';

/** How long a revoked token may still be good for. */
const REMEMBERED_MS_MAX = 5_000;
const REMEMBERED_TOKENS_MAX = 1_000;
const TOKEN_CHARACTERS_MAX = 512;
const RETRY_AFTER_SECONDS = 1;

interface Remembered {
  principal: Promise<Principal | null>;
  /** Once it is there. */
  known: Principal | null;
  untilMs: number;
}

/** Asks who a token belongs to, and remembers the answer for a few seconds. */
export class Authenticator {
  readonly #authenticate: (token: string) => Promise<Principal | null>;
  readonly #log: Logger;
  /** In order of insertion, which is the order in which they lapse. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(authenticate: (token: string) => Promise<Principal | null>, log: Logger) {
    this.#authenticate = authenticate;
    this.#log = log;
  }

  /** @throws CairnError `unavailable` where nobody can be asked. */
  find(token: string): Promise<Principal | null> {
    if (token.length > TOKEN_CHARACTERS_MAX) return Promise.resolve(null);
    const nowMs = performance.now();
    const known = this.#remembered.get(token);
    if (known !== undefined && known.untilMs > nowMs) return known.principal;
    this.#forget(nowMs);
    const remembered: Remembered = { principal: Promise.resolve(null), known: null, untilMs: nowMs + REMEMBERED_MS_MAX };
    remembered.principal = this.#ask(token, remembered);
    this.#remembered.delete(token);
    this.#remembered.set(token, remembered);
    return remembered.principal;
  }

  /** Whom a token belongs to that was asked about in the last seconds; null where it is not good, or has to be asked about. */
  known(token: string): Principal | null {
    const known = this.#remembered.get(token);
    return known !== undefined && known.untilMs > performance.now() ? known.known : null;
  }

  async #ask(token: string, remembered: Remembered): Promise<Principal | null> {
    try {
      remembered.known = await this.#authenticate(token);
      return remembered.known;
    } catch (cause) {
      this.#remembered.delete(token);
      this.#log.warn({ err: cause }, 'tokens cannot be looked up');
      throw new CairnError('unavailable', 'tokens cannot be checked at the moment: try again', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
        cause,
      });
    }
  }

  #forget(nowMs: number): void {
    for (const [token, { untilMs }] of this.#remembered) {
      if (untilMs > nowMs && this.#remembered.size < REMEMBERED_TOKENS_MAX) return;
      this.#remembered.delete(token);
    }
  }
}
