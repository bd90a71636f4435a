import type { PackDiff } from '@cairn/sdk';
import type { LocalDiff } from '../packs/diffLocally.js';
import { countOf } from './numbers.js';
import type { Output } from './output.js';
import { printable } from './printable.js';

type Diff = PackDiff | LocalDiff;
type Change = Diff['ranks'][number]['change'];

const SIGNS: Readonly<Record<Change, string>> = { added: '+', changed: '~', retired: '-', unchanged: '=' };
const STYLES = { added: 'green', changed: 'yellow', retired: 'red', unchanged: 'dim' } as const;
const VALUE_CHARS_MAX = 200;

/** What would change, an achievement, a rule or a rank a line, and below it the fields that differ. */
export function formatPackDiff(diff: Diff, output: Output): string[] {
  const { pack, changes, xp_rules: xpRules, ranks } = diff;
  const counts = (['added', 'changed', 'retired', 'unchanged'] as const).map(
    (kind) => `${String(changes.filter(({ change }) => change === kind).length)} ${kind}`,
  );
  return [
    `${output.style('bold', printable(pack))}: ${counts.join(', ')}`,
    ...changes.flatMap((item) => lines({ ...item, name: item.slug, more: moreOf(item, diff.users) }, output)),
    ...section(
      'XP rules',
      xpRules.map(({ id, ...rule }) => ({ name: id, ...rule })),
      output,
    ),
    ...section('ranks', ranks, output),
  ];
}

interface Item {
  name: string;
  change: Change;
  fields: readonly { field: string; from: unknown; to: unknown }[];
  more?: string;
}

function section(title: string, items: readonly Item[], output: Output): string[] {
  const told = items.flatMap((item) => lines(item, output));
  return told.length === 0 ? [] : [`  ${title}`, ...told];
}

function lines({ name, change, fields, more = '' }: Item, output: Output): string[] {
  if (change === 'unchanged') return [];
  const head = `  ${output.style(STYLES[change], `${SIGNS[change]} ${printable(name)}`)}${more}`;
  return [head, ...fields.map(({ field, from, to }) => `      ${printable(field)}: ${textOf(from)} → ${textOf(to)}`)];
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  const text = printable(JSON.stringify(value));
  return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
}

/** Which version it would be, and what becomes of the history. */
function moreOf({ change, version, on_publish: onPublish }: Diff['changes'][number], users: number | null): string {
  const number = version === null ? '' : `  v${String(version)}`;
  const of = users === null ? '' : ` of ${countOf(users, 'user')}`;
  if (change === 'retired') return `${number}  is retired; unlocks that are held stay`;
  switch (onPublish) {
    case 'recount':
      return `${number}  ${change === 'added' ? 'counts' : 'recounts'} the history${of}`;
    case 'continue':
      return `${number}  ${change === 'added' ? 'counts from then on' : 'keeps the progress, and goes on'}`;
    case 'restart':
      return `${number}  starts from zero`;
    case null:
      return number;
  }
}
