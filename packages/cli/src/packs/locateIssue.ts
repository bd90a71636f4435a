import { isCollection, isMap, isNode, isPair, isScalar, type Node } from 'yaml';
import { offsetOfCharacter } from './offsetOfCharacter.js';
import type { PackFile } from './readPackFile.js';

/** From 1, as editors count. */
export interface Position {
  line: number;
  column: number;
}

type Step = string | number;

/** `achievements[2].criteria.where` as steps; names that may hold anything stand as `progress["first-commit"]`. */
export function parseIssuePath(path: string): Step[] {
  return Array.from(path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|[^.[\]]+/g), ([whole, index, quoted]) => {
    if (quoted !== undefined) return String(JSON.parse(quoted));
    return index === undefined ? whole : Number(index);
  });
}

/** What of the thing at a path an issue is about: its key, its value, or a character of its text. */
export type About = 'key' | 'value' | { character: number };

/** Where in its file the thing stands that an issue is about; where it is missing, the nearest that is there. */
export function locateIssue(file: PackFile, path: string, about: About): Position {
  const steps = parseIssuePath(path);
  let node: unknown = file.document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const [index, step] of steps.entries()) {
    const found = child(node, step);
    if (found === null) break;
    const last = index === steps.length - 1;
    offset = (last && about === 'key' ? found.keyOffset : null) ?? offsetOf(found.value) ?? found.keyOffset ?? offset;
    node = found.value;
  }
  return positionAt(file, typeof about === 'object' && isScalar(node) ? offsetOfCharacter(file.text, node, about.character) : offset);
}

export function positionAt(file: PackFile, offset: number): Position {
  const { line, col } = file.lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function child(node: unknown, step: Step): { value: unknown; keyOffset: number | null } | null {
  if (isMap(node)) {
    for (const pair of node.items) {
      if (isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(step))
        return { value: pair.value, keyOffset: offsetOf(pair.key) };
    }
    return null;
  }
  if (!isCollection(node) || typeof step !== 'number') return null;
  const item = node.items[step];
  return item === undefined ? null : { value: item, keyOffset: null };
}

function offsetOf(node: unknown): number | null {
  return isNode(node) ? ((node as Node).range?.[0] ?? null) : null;
}
