import type { YAMLError } from 'yaml';
import { describeLayout } from './describeLayout.js';
import type { PackFile } from './readPackFile.js';
import type { YamlIssue } from './yamlIssue.js';

/** Codes of the library that say: what stands here does not go with what stands around it. */
const LAYOUT_CODES: ReadonlySet<string> = new Set(['BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY', 'BAD_INDENT', 'MISSING_CHAR']);

/**
 * What to mend first. Where the layout is broken, all that follows is misread, and what the library says of it would only
 * lead astray: so that is one issue. Fields that stand twice are told all at once.
 */
export function describeYamlErrors({ text, document }: PackFile): YamlIssue[] {
  const errors = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const broken = errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  const [first] = broken;
  if (first === undefined) return errors.map(({ pos }) => ({ message: describeRepeated(text, pos[0]), offset: pos[0] }));
  return [describeBroken(text, broken, first)];
}

function describeRepeated(text: string, offset: number): string {
  const [field] = /^"?[\w.$-]*/.exec(text.slice(offset)) ?? [''];
  return `the field ${field.replace('"', '')} stands here a second time: leave one of them out`;
}

function describeBroken(text: string, broken: readonly YAMLError[], first: YAMLError): YamlIssue {
  const tab = broken.find(({ code }) => code === 'TAB_AS_INDENT');
  if (tab !== undefined)
    return { message: 'a tab stands at the beginning of this line: write two spaces for each level', offset: tab.pos[0] };
  const [offset] = first.pos;
  if (broken.some(isUnclosed)) return { message: 'a { or [ is opened before this and not closed: write its } or ] at the end', offset };
  const layout = LAYOUT_CODES.has(first.code) && !/quote$/.test(first.message) ? describeLayout(text, offset) : null;
  return layout ?? { message: describeOne(text, first), offset };
}

/** The library's codes are too coarse to tell an open bracket from other things that are missing. */
function isUnclosed({ code, message }: YAMLError): boolean {
  return code === 'BLOCK_IN_FLOW' || /end with a [}\]]$/.test(message);
}

function describeOne(text: string, { code, message, pos }: YAMLError): string {
  const [offset] = pos;
  switch (code) {
    case 'BAD_ALIAS':
    case 'TAG_RESOLVE_FAILED':
    case 'BAD_SCALAR_START':
      return `a text cannot begin with ${text[offset] ?? ''}: put it into quotes`;
    case 'BAD_DQ_ESCAPE':
      return 'a backslash in double quotes begins a special character: write \\\\, or put the text into single quotes';
    case 'MULTIPLE_DOCS':
      return 'a file holds one pack: put what follows the --- into a file of its own';
    case 'UNEXPECTED_TOKEN':
      return describeRest(text.slice(0, offset).trimEnd().at(-1)) ?? message;
    case 'MISSING_CHAR':
      return /quote$/.test(message) ? 'a quote is opened before this, and not closed: write it at the end of the text' : message;
    default:
      return message;
  }
}

/** What stands behind something that was complete with this character. */
function describeRest(before: string | undefined): string | null {
  const ends = 'the text ends at the quote before this.';
  if (before === '}' || before === ']') return `a text that begins with ${before === '}' ? '{' : '['} has to stand in quotes`;
  if (before === "'") return `${ends} In single quotes an apostrophe is written twice: ''`;
  return before === '"' ? `${ends} In double quotes write \\" for a quote, or put the whole into single quotes` : null;
}
