/** Whether a type has the form of a pattern: `*` stands for one token, `>` at the end for one or more. */
export function matchesPattern(pattern: string, type: string): boolean {
  if (pattern === type) return true;
  const wanted = pattern.split('.');
  const tokens = type.split('.');
  for (const [i, token] of wanted.entries()) {
    if (token === '>') return tokens.length > i;
    if (i >= tokens.length || (token !== '*' && token !== tokens[i])) return false;
  }
  return wanted.length === tokens.length;
}

export function isPattern(event: string): boolean {
  return event.includes('*') || event.endsWith('>');
}
