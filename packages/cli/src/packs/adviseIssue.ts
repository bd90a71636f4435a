import type { Issue } from '@cairn/engine';
import { nearestName } from '@cairn/engine/authoring';
import { adviseExpression } from './adviseExpression.js';

const NUMBERS: ReadonlySet<string> = new Set(['threshold', 'xp_reward', 'min', 'grace', 'xp', 'amount', 'times']);
const SLUGS: ReadonlySet<string> = new Set(['slug', 'pack', 'id']);
const EXPRESSIONS: ReadonlySet<string> = new Set(['where', 'success', 'value']);
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const PERIODS: ReadonlySet<string> = new Set(['day', 'week', 'month', 'quarter', 'year']);
/** YAML of other versions takes these for flags. */
const FLAGS: Readonly<Record<string, string>> = { yes: 'true', on: 'true', true: 'true', no: 'false', off: 'false', false: 'false' };

/** What to write instead of the value that an issue is about, where that can be told from the value; else null. */
export function adviseIssue({ path, code }: Issue, value: unknown): string | null {
  const key = path.slice(path.lastIndexOf('.') + 1).replace(/\[\d+\]$/, '');
  if (code === 'missing_field') return key === 'reason' ? 'One sentence says why the achievement exists' : null;
  if (code === 'not_an_object') return adviseObject(path, key, value);
  if (code === 'invalid_expression') return typeof value === 'string' ? adviseExpression(value) : null;
  if (code === 'invalid_event') return typeof value === 'string' ? adviseEvent(value) : null;
  if (code !== 'invalid_field') return null;
  return typeof value === 'string' ? adviseText(key, value) : adviseKind(key, value);
}

function adviseObject(path: string, key: string, value: unknown): string | null {
  if (path === '') return 'Begin the file with pack: and its name; achievements: stands on a line of its own, and what it holds below';
  if (key !== 'window' || typeof value !== 'string') return null;
  if (PERIODS.has(value)) return `Write window: { calendar: ${value} }`;
  return /^\d+[hdw]$/.test(value) ? `Write window: { rolling: ${value} }` : null;
}

function adviseEvent(text: string): string | null {
  if (/[,|]|\bor\b/.test(text)) return `Write several types as a list: [${text.split(/\s*(?:,|\||\bor\b)\s*/).join(', ')}]`;
  const lower = text.toLowerCase();
  return lower !== text && /^[a-z0-9_]+(?:\.[a-z0-9_]+){1,5}$/.test(lower) ? `Write ${lower}` : null;
}

function adviseText(key: string, text: string): string | null {
  const number = NUMBERS.has(key) ? numberMeant(text) : null;
  if (number !== null) return `Write ${number}, without quotes`;
  if (key === 'sensitive') {
    const flag = Object.hasOwn(FLAGS, text.toLowerCase()) ? FLAGS[text.toLowerCase()] : undefined;
    return flag === undefined ? null : `Write ${flag}, without quotes`;
  }
  if (key === 'skip') {
    const day = nearestName(text.slice(0, 3), WEEKDAYS);
    return day === null ? null : `Write ${day}`;
  }
  if (!SLUGS.has(key)) return null;
  const slug = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '');
  return slug === '' ? null : `Write ${slug.slice(0, 63)}`;
}

/** Where something of another kind was written. */
function adviseKind(key: string, value: unknown): string | null {
  if (EXPRESSIONS.has(key)) {
    if (Array.isArray(value)) return 'Write one condition; && between two asks for both, || for either';
    return typeof value === 'object' && value !== null ? 'Write it as properties.name == "text"' : null;
  }
  if (typeof value === 'number' || typeof value === 'boolean')
    return NUMBERS.has(key) || key === 'sensitive' ? null : `If it is meant, put it into quotes: "${String(value)}"`;
  return value !== null && typeof value === 'object' && !Array.isArray(value) && /s$|^(?:given|when|skip)$/.test(key)
    ? 'Begin each of them with a dash and a space'
    : null;
}

/** `"3"`, `1,000` and `95%` as numbers are written. */
function numberMeant(text: string): string | null {
  if (/^[+-]?\d+(?:\.\d+)?$/.test(text)) return String(Number(text));
  if (/^\d{1,3}(?:,\d{3})+$/.test(text)) return text.replaceAll(',', '');
  return /^\d{1,3}(?:\.\d+)?%$/.test(text) ? String(Number.parseFloat(text) / 100) : null;
}
