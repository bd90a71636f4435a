import { InvalidArgumentError } from 'commander';

/** A word that must not be empty: an unset variable of a script shall not become part of a path. */
export function parseText(word: string): string {
  if (word.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return word;
}

/** The same for arguments that may be repeated. */
export function parseTexts(word: string, words: readonly string[] = []): string[] {
  return [...words, parseText(word)];
}
