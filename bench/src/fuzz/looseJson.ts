/** A piece of JSON text, put in as it is: for what JSON.stringify would never write. */
export class RawJson {
  constructor(readonly text: string) {}
}

export type LooseJson = RawJson | LooseObject | LooseJson[] | string | number | boolean | null;
/** Pairs, so that names can come twice, and any name can come. */
export class LooseObject {
  constructor(readonly entries: [string, LooseJson][]) {}
}

export function toLoose(value: unknown): LooseJson {
  if (Array.isArray(value)) return value.map(toLoose);
  if (value !== null && typeof value === 'object') {
    return new LooseObject(Object.entries(value).map(([name, inner]): [string, LooseJson] => [name, toLoose(inner)]));
  }
  return value as string | number | boolean | null;
}

export function looseText(value: LooseJson): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(looseText).join(',')}]`;
  if (value instanceof LooseObject)
    return `{${value.entries.map(([name, inner]) => `${JSON.stringify(name)}:${looseText(inner)}`).join(',')}}`;
  return JSON.stringify(value);
}
