import type { YamlIssue } from './yamlIssue.js';

interface Line {
  text: string;
  /** Of its first character. */
  offset: number;
  /** From 1. */
  number: number;
}

/** A field of a line: where its name begins, and what stands behind it. */
interface Field {
  column: number;
  name: string;
  value: string;
}

/** Spaces that look like one and are none: editors and web pages put them in. */
const STRANGE_SPACE = /[\u00a0\u2000-\u200b\u202f\u3000\ufeff]/;

/** What the line of the offset has done to the layout of the file; null where it looks like nothing in particular. */
export function describeLayout(text: string, offset: number): YamlIssue | null {
  const lines = linesOf(text);
  const index = lines.findLastIndex((line) => line.offset <= offset);
  const line = lines[index];
  if (line === undefined) return null;
  return describeLine(line) ?? describeNeighbours(lines[index - 1], line) ?? describeNeighbours(line, lines[index + 1]);
}

/** Lines that hold something. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let offset = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (!/^\s*(#|$)/.test(line)) lines.push({ text: line.trimEnd(), offset, number: index + 1 });
    offset += line.length + 1;
  }
  return lines;
}

function describeLine({ text, offset }: Line): YamlIssue | null {
  const at = (column: number, message: string): YamlIssue => ({ message, offset: offset + column });
  const strange = text.search(STRANGE_SPACE);
  if (strange >= 0) return at(strange, 'this looks like a space, and is another character: type the space anew');
  const dash = /^(\s*)-([^\s-].*)$/.exec(text);
  if (dash !== null) return at(dash[1]?.length ?? 0, `write a space behind the dash: - ${dash[2] ?? ''}`);
  const tight = /^(\s*(?:- )?)(\w+):([^\s:].*)$/.exec(text);
  if (tight !== null && fieldOf(text) === null)
    return at(tight[1]?.length ?? 0, `write a space behind the colon: ${tight[2] ?? ''}: ${tight[3] ?? ''}`);
  const field = fieldOf(text);
  if (field === null) return at(text.search(/\S/), 'this is no field: write its name, a colon, a space and its value');
  if (!/^[^"'{[|>].*:(?: |$)/.test(field.value)) return null;
  return at(text.length - field.value.length, `a text with a colon in it has to stand in quotes: ${field.name}: ${quoted(field.value)}`);
}

/** Two lines that do not begin at one column, although the first has its value already. */
function describeNeighbours(above: Line | undefined, below: Line | undefined): YamlIssue | null {
  if (above === undefined || below === undefined) return null;
  const [first, second] = [fieldOf(above.text), fieldOf(below.text)];
  if (first === null || second === null || first.column === second.column) return null;
  // What belongs to a field is indented further, and what follows an object less: either is well where levels are whole.
  if (second.column > first.column ? first.value === '' : second.column % 2 === 0) return null;
  const message = `${second.name} begins behind ${spaces(second.column)}, and ${first.name} in line ${String(above.number)} behind ${spaces(first.column)}: fields that belong together begin at the same column, what belongs to a field two spaces further`;
  return { message, offset: below.offset + second.column };
}

function fieldOf(text: string): Field | null {
  const found = /^(\s*(?:- )?)("?[\w.$-]+"?):(?:\s+(.*))?$/.exec(text);
  return found === null ? null : { column: found[1]?.length ?? 0, name: found[2] ?? '', value: found[3] ?? '' };
}

const spaces = (count: number): string => `${String(count)} ${count === 1 ? 'space' : 'spaces'}`;

/** In the quotes that the text does not hold itself. */
function quoted(text: string): string {
  return text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}
