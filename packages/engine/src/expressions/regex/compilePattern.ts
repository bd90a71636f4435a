import type { CharClass } from './charClass.js';
import { parsePattern } from './parsePattern.js';
import { type Assertion, type PatternNode, PatternSyntaxError } from './patternNode.js';

/** One step of a machine that is in many places at once. `to`: the places that follow, by index. */
export type Instruction =
  | { op: 'class'; of: CharClass; to: number }
  | { op: 'assert'; that: Assertion; to: number }
  | { op: 'split'; to: readonly number[] }
  | { op: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/** Instructions that are written at all, so that a pattern cannot take long or much to compile; those in use are fewer. */
const WRITTEN_MAX = 20_000;

/** Writes out a pattern as a machine without memory (Thompson's construction), from its end to its beginning. @throws PatternSyntaxError */
export function compilePattern(pattern: string): Program {
  const instructions: Instruction[] = [{ op: 'match' }];
  let visited = 0;

  const put = (instruction: Instruction): number => instructions.push(instruction) - 1;

  /** The place that begins what leads through `node` to `next`. */
  function write(node: PatternNode, next: number): number {
    visited += 1;
    if (visited > WRITTEN_MAX) throw new PatternSyntaxError('repeats too much');
    switch (node.op) {
      case 'class':
        return put({ op: 'class', of: node.of, to: next });
      case 'assert':
        return put({ op: 'assert', that: node.that, to: next });
      case 'sequence':
        return node.parts.reduceRight((to, part) => write(part, to), next);
      case 'choice':
        return put({ op: 'split', to: node.parts.map((part) => write(part, next)) });
      case 'repeat':
        return writeRepeat(node, next);
    }
  }

  function writeRepeat({ part, min, max }: PatternNode & { op: 'repeat' }, next: number): number {
    let start = next;
    if (max === null) {
      const to = [next];
      start = put({ op: 'split', to });
      to.push(write(part, start));
    } else for (let optional = max - min; optional > 0; optional--) start = put({ op: 'split', to: [next, write(part, start)] });
    for (let needed = min; needed > 0; needed--) start = write(part, start);
    return start;
  }

  const start = write(parsePattern(pattern), 0);
  return { instructions, start };
}
