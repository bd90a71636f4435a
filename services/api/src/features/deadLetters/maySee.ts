import type { Principal } from '@cairn/runtime';
import type { Letter } from './Letter.js';

/** For who runs the install: what belongs to other tenants, and what may belong to anybody. */
export const OPERATOR_SCOPE = 'operator';

export function maySee({ tenantId, scopes }: Principal, letter: Pick<Letter, 'tenantId'>): boolean {
  return letter.tenantId === tenantId || scopes.has(OPERATOR_SCOPE);
}
