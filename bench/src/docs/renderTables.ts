import { describe, formatNumber } from '../harness/formatReport.js';
import type { KeptGroup, KeptResult } from './keptResults.js';
import { table } from './table.js';

/** The kept results of one group: the machine, one table, what was set, and the commands that measured them. */
export function renderGroup({ machine, results }: KeptGroup): string {
  const days = [...new Set(results.map(({ measured_on: day }) => day))].sort().join(', ');
  const busy = Math.max(...results.map(({ load_before: load = 0 }) => load));
  const commands = [...new Set(results.map(({ command }) => command))];
  return [
    `Measured on ${days} · ${describe(machine)} · load in the minute before: ${busy === 0 ? 'not known' : formatNumber(busy)}`,
    '',
    ...renderTable(results),
    '',
    ...renderRatios(results),
    ...renderSettings(results),
    '```sh',
    ...commands,
    '```',
  ].join('\n');
}

function renderTable(results: readonly KeptResult[]): string[] {
  const rows = results.map((result, i) => [
    `\`${result.name}\``,
    `**${formatNumber(result.median)}**`,
    `${formatNumber(result.min)} – ${formatNumber(result.max)}`,
    result.unit,
    String(result.runs),
    // Parts of one benchmark have them in common: once.
    ...processorOf(result).map((text, column) => (text === processorOf(results[i - 1])[column] ? '' : text)),
  ]);
  return table(['result', 'median', 'spread', 'unit', 'runs', 'share of processor', 'processor time an event'], rows);
}

/** What was held against others, where anything was. */
function renderRatios(results: readonly KeptResult[]): string[] {
  const rows = results.flatMap(({ name, ratios }) =>
    Object.entries(ratios).map(([other, ratio]) => [`\`${name}\``, `**${ratio.toFixed(2)} ×**`, `\`${other}\``]),
  );
  return rows.length === 0 ? [] : [...table(['result', 'is', 'of'], rows), ''];
}

/** What all have in common once, what differs by result. */
function renderSettings(results: readonly KeptResult[]): string[] {
  const common = Object.entries(results[0]?.settings ?? {}).filter(([name, value]) =>
    results.every(({ settings }) => settings[name] === value),
  );
  const names = new Set(common.map(([name]) => name));
  const own = new Map<string, string[]>();
  for (const { name, settings } of results) {
    const different = Object.entries(settings).filter(([setting]) => !names.has(setting));
    if (different.length === 0) continue;
    const text = listed(different);
    own.set(text, [...(own.get(text) ?? []), `\`${name}\``]);
  }
  const lines = common.length === 0 ? [] : [`- all: ${listed(common)}`];
  for (const [text, of] of own) lines.push(`- ${shortList(of)}: ${text}`);
  return lines.length === 0 ? [] : ['Settings:', '', ...lines, ''];
}

/** Of the parts of one result, which are set alike, the first and the last are enough. */
function shortList(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  const last = rest.at(-1);
  if (last === undefined) return first;
  return rest.length === 1 ? `${first}, ${last}` : `${first} … ${last}`;
}

function listed(settings: readonly (readonly [string, string | number])[]): string {
  return settings.map(([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value) : value}`).join(' · ');
}

function processorOf(result: KeptResult | undefined): string[] {
  return result === undefined ? [] : [sharesOf(result), microsOf(result)];
}

function sharesOf({ processor_share: shares = {} }: KeptResult): string {
  return Object.entries(shares)
    .map(([kind, share]) => `${kind} ${(share * 100).toFixed(0)} %`)
    .join(', ');
}

function microsOf({ processor_micros_per_event: micros = {} }: KeptResult): string {
  const total = Object.values(micros).reduce((sum, used) => sum + used, 0);
  return total === 0 ? '' : `${formatNumber(total)} µs`;
}
