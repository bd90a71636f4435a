import type { ASTNode } from '@marcbachmann/cel-js';

/** How many values the parts of an event can have where a filter holds, by their text: `properties.kind` → 3. */
export function allowedValues(filter: ASTNode): Map<string, number> {
  const allowed = new Map<string, number>();
  for (const condition of conjuncts(filter)) {
    const found = allowedBy(condition);
    if (found === null) continue;
    const [text, count] = found;
    allowed.set(text, Math.min(count, allowed.get(text) ?? Number.POSITIVE_INFINITY));
  }
  return allowed;
}

function conjuncts(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node];
}

function allowedBy(node: ASTNode): [text: string, count: number] | null {
  if (node.op === 'in') {
    const [part, list] = node.args;
    if (list.op !== 'list' || !list.args.every((element) => element.op === 'value')) return null;
    return [textOf(part), new Set(list.args.map(textOf)).size];
  }
  if (node.op !== '==') return null;
  const [left, right] = node.args;
  if (right.op === 'value') return [textOf(left), 1];
  return left.op === 'value' ? [textOf(right), 1] : null;
}

function textOf({ input, start, end }: ASTNode): string {
  return input.slice(start, end).trim();
}
