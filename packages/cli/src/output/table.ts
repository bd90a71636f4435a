export interface Column {
  title: string;
  align?: 'left' | 'right';
}

const GAP = '  ';

/** Lines of a plain table: a row of titles, and columns as wide as what stands in them. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, index) =>
    rows.reduce((width, row) => Math.max(width, widthOf(row[index] ?? '')), widthOf(column.title)),
  );
  const lineOf = (cells: readonly string[]): string =>
    columns
      .map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.align ?? 'left'))
      .join(GAP)
      .trimEnd();
  return [lineOf(columns.map((column) => column.title)), ...rows.map(lineOf)];
}

/** Lines of names and values. */
export function formatFields(fields: readonly (readonly [name: string, value: string])[]): string[] {
  const width = fields.reduce((widest, [name]) => Math.max(widest, widthOf(name)), 0);
  return fields.map(([name, value]) => `${pad(name, width, 'left')}${GAP}${value}`.trimEnd());
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}

/** Cells on a terminal: ideographs and the like take two, marks that combine take none. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

const COMBINING = /\p{Mn}/u;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
