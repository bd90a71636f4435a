/** https://www.conventionalcommits.org: a type, a scope in brackets, `!` for what breaks, a colon and a space. */
const CONVENTIONAL = /^([a-z][a-z0-9_-]{0,31})(?:\([^()]*\))?!?:\s/i;

/** The type of a conventional commit's subject line, else `other`. Types of one's own are types as well. */
export function commitKind(subject: string): string {
  return CONVENTIONAL.exec(subject)?.[1]?.toLowerCase() ?? 'other';
}
