import { expect } from 'vitest';

/** vitest types its matchers as `any`. */
export const like = {
  any: (type: unknown): unknown => expect.any(type),
  objectContaining: (fields: object): unknown => expect.objectContaining(fields),
  stringContaining: (part: string): unknown => expect.stringContaining(part),
  stringMatching: (pattern: RegExp): unknown => expect.stringMatching(pattern),
};
