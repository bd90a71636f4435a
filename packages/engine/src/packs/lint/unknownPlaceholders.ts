import { insteadOf } from '../nearestName.js';
import type { AchievementDefinition } from '../pack.js';
import type { Finding } from './finding.js';

/** What a message is filled in with; anything else between braces is printed as it stands. */
const PLACEHOLDERS = ['value', 'threshold', 'name', 'level', 'period', 'user'];

/** Placeholders of the message that nothing is filled in for. */
export function unknownPlaceholders({ message }: AchievementDefinition, path: string, pack: number): Finding[] {
  const written = Array.from(message?.matchAll(/\{\s*([\w.-]+)\s*\}/g) ?? [], ([whole, name = '']) => ({ whole, name }));
  const unknown = written.filter(({ whole, name }) => !PLACEHOLDERS.includes(name) || whole !== `{${name}}`);
  return unknown.map(({ whole, name }) => ({
    severity: 'warning',
    pack,
    path: `${path}.message`,
    code: 'unknown_placeholder',
    message: `${whole} is printed as it stands${PLACEHOLDERS.includes(name) ? `; write {${name}}` : insteadOf(name, PLACEHOLDERS)}`,
  }));
}
