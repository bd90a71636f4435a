/** A hash as a text that can be compared and looked up: a character for each byte, the shortest that there is. */
export function hashText(hash: Buffer): string {
  return hash.toString('latin1');
}
