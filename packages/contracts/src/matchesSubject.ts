/** Whether NATS would deliver a subject to a subscription: `*` stands for one token, `>` at the end for one or more. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  for (const [n, token] of wanted.entries()) {
    if (token === '>') return tokens.length > n;
    if (tokens[n] === undefined || (token !== '*' && token !== tokens[n])) return false;
  }
  return wanted.length === tokens.length;
}
