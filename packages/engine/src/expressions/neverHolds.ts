import type { ASTNode } from '@marcbachmann/cel-js';

/** Whether a filter is false for every event of the types that come to it, which is certain only of what is written out. */
export function neverHolds(filter: ASTNode, canBeOfType: (type: string) => boolean): boolean {
  switch (filter.op) {
    case 'value':
      return filter.args === false;
    case '&&':
      return filter.args.some((operand) => neverHolds(operand, canBeOfType));
    case '||':
      return filter.args.every((operand) => neverHolds(operand, canBeOfType));
    default:
      return isOfOtherTypes(filter, canBeOfType);
  }
}

/** `event.type == "…"` and `event.type in ["…", …]`, of types that none of the events has. */
function isOfOtherTypes(node: ASTNode, canBeOfType: (type: string) => boolean): boolean {
  if (node.op === 'in') {
    const [element, list] = node.args;
    return isEventType(element) && list.op === 'list' && list.args.every((item) => isOtherType(item, canBeOfType));
  }
  if (node.op !== '==') return false;
  const [left, right] = node.args;
  return (isEventType(left) && isOtherType(right, canBeOfType)) || (isEventType(right) && isOtherType(left, canBeOfType));
}

function isEventType(node: ASTNode): boolean {
  return node.op === '.' && node.args[1] === 'type' && node.args[0].op === 'id' && node.args[0].args === 'event';
}

function isOtherType(node: ASTNode, canBeOfType: (type: string) => boolean): boolean {
  return node.op === 'value' && typeof node.args === 'string' && !canBeOfType(node.args);
}
