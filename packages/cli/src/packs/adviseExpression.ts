import { nearestName } from '@cairn/engine/authoring';

/** Fields of the parts of an event that are often written without the part. */
const PARTS: Readonly<Record<string, string>> = {
  user_id: 'actor.user_id',
  team_id: 'actor.team_id',
  tenant_id: 'actor.tenant_id',
  platform: 'source.platform',
  app: 'source.app',
  ref: 'source.ref',
  type: 'event.type',
  occurred_at: 'event.occurred_at',
  event_id: 'event.event_id',
};

const ROOTS = ['properties', 'event', 'actor', 'source'];
const WORDS: ReadonlySet<string> = new Set([...ROOTS, 'true', 'false', 'null', 'in']);

/** How other languages write it, and what to write here. Looked for where no text stands, the first that is found is told. */
const HABITS: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/[\u2018\u2019\u201a\u201c\u201d\u201e]/, 'Use the plain quotes " or \''],
  [/[=!]==/, 'Write == and !='],
  [/<>/, 'Write != for “is not”'],
  [/(?<![=!<>])=(?![=~])/, 'Write == to compare'],
  [/=~/, 'Write rematch(text, "pattern")'],
  [/\band\b|(?<!&)&(?!&)/i, 'Write && for “and”'],
  [/\bor\b|(?<!\|)\|(?!\|)/i, 'Write || for “or”'],
  [/\bnot\b/i, 'Write ! for “not”, such as !(properties.draft)'],
  [/\b(?:contains|startsWith|endsWith)\s+\w/i, 'Write it as properties.name.contains("text")'],
  [/\b(?:True|False|TRUE|FALSE|Null|None|NULL)\b/, 'Write true, false and null in small letters'],
];

/** What an author who knows another language most likely meant by an expression that was refused; null where that cannot be told. */
export function adviseExpression(text: string): string | null {
  const code = withoutTexts(text);
  if (/["']/.test(code)) return 'A quote is not closed: texts stand between two of the same kind';
  for (const [pattern, advice] of HABITS) if (pattern.test(code)) return advice;
  const open = code.split('(').length - code.split(')').length;
  if (open !== 0) return open > 0 ? 'A ( is not closed' : 'There is a ) too many';
  return adviseWord(code, text);
}

/** Texts become `_`, of the same length, so that nothing in them is taken for code. */
function withoutTexts(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (found) => '_'.repeat(found.length));
}

/** Of a name that stands alone and means nothing here. */
function adviseWord(code: string, text: string): string | null {
  const variables = new Set(Array.from(code.matchAll(/\.(?:all|exists|exists_one|map|filter)\(\s*(\w+)\s*,/g), ([, name]) => name));
  for (const { 0: word, index } of code.matchAll(/(?<![.\w])[A-Za-z][\w-]*/g)) {
    const behind = code.slice(index + word.length);
    if (WORDS.has(word) || variables.has(word) || /^\s*\(/.test(behind)) continue;
    const part = Object.hasOwn(PARTS, word) ? PARTS[word] : undefined;
    if (part !== undefined) return `Write ${part}`;
    const root = nearestName(word, ROOTS);
    if (behind.startsWith('.') && root !== null) return `Write ${root}${/^[.\w]*/.exec(behind)?.[0] ?? ''}`;
    return /[=<>[,]\s*$/.test(code.slice(0, index))
      ? `A text stands in quotes: "${word}"`
      : `Write properties.${text.slice(index, index + word.length)} for a property of the event`;
  }
  return null;
}
