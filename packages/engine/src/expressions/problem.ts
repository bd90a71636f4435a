/** What is wrong with an expression, in words for its author, and the character of its text that it is about. */
export interface Problem {
  message: string;
  /** From 0; null where it is about the whole. */
  at: number | null;
}
