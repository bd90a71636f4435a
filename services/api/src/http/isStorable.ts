export const UNSTORABLE = 'holds U+0000 or half of a surrogate pair, which cannot be stored';

/** PostgreSQL keeps neither U+0000 nor what is no character. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Cs}/u.test(text);
}
