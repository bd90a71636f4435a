/**
 * Text that others wrote, made safe for a terminal: control characters and those that reorder what stands beside them
 * are shown, not obeyed.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
