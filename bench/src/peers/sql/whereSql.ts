/** The filters of the standard work, and what each is in SQL over `e.properties`. */
const FILTERS: readonly [RegExp, (found: RegExpExecArray) => string][] = [
  [
    /^properties\.(\w+) (<|>|<=|>=|==) (-?\d+)$/,
    ([, name = '', op = '', number = '']) => `${numberAt(name)} ${op === '==' ? '=' : op} ${number}`,
  ],
  [/^properties\.(\w+) == "(\w+)"$/, ([, name = '', text = '']) => `${textAt(name)} = '${text}'`],
  [/^!properties\.(\w+)$/, ([, name = '']) => `NOT (${textAt(name)})::boolean`],
  [/^properties\.(\w+) in \[((?:"\w+"(?:, )?)+)\]$/, ([, name = '', list = '']) => `${textAt(name)} IN (${list.replaceAll('"', "'")})`],
];

/** A filter as SQL, or that there is none. @throws Error for a filter that the standard work did not have when this was written */
export function filterSql(cel: string | null): string {
  if (cel === null) return 'true';
  for (const [pattern, toSql] of FILTERS) {
    const found = pattern.exec(cel);
    if (found !== null) return toSql(found);
  }
  throw new Error(`no SQL is known for the filter ${cel}`);
}

/** What type an event must have. */
export function typeSql(patterns: readonly string[]): string {
  return patterns
    .map((pattern) => (pattern.endsWith('.*') ? `e.type LIKE '${pattern.slice(0, -1)}%'` : `e.type = '${pattern}'`))
    .join(' OR ');
}

/** A property that a value is taken from. */
export function valueSql(cel: string): { number: string; text: string } {
  const name = /^properties\.(\w+)$/.exec(cel)?.[1];
  if (name === undefined) throw new Error(`no SQL is known for the value ${cel}`);
  return { number: numberAt(name), text: textAt(name) };
}

function textAt(name: string): string {
  return `(e.properties ->> '${name}')`;
}

function numberAt(name: string): string {
  return `${textAt(name)}::numeric`;
}
