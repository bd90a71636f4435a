/** A part of a JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

interface Form {
  pattern: RegExp;
}

/** A text that says something. */
export function text(description: string, more: JsonSchema = {}): JsonSchema {
  return { type: 'string', description, minLength: 1, maxLength: 2_000, pattern: '\\S', ...more };
}

/** A text of a form that names have. */
export function name(description: string, { pattern }: Form, more: JsonSchema = {}): JsonSchema {
  return { type: 'string', description, pattern: pattern.source, ...more };
}

export function whole(description: string, bounds: { min: number; max: number }, more: JsonSchema = {}): JsonSchema {
  return { type: 'integer', description, minimum: bounds.min, maximum: bounds.max, ...more };
}

export function choice(description: string, of: readonly string[], more: JsonSchema = {}): JsonSchema {
  return { description, enum: of, ...more };
}

/** Fields of which none is unknown. */
export function object(
  description: string,
  fields: { required?: Readonly<Record<string, JsonSchema>>; optional?: Readonly<Record<string, JsonSchema>> },
): JsonSchema {
  const { required = {}, optional = {} } = fields;
  return {
    type: 'object',
    description,
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

export function list(description: string, items: JsonSchema, bounds: { min?: number; max: number }): JsonSchema {
  return { type: 'array', description, items, ...(bounds.min === undefined ? {} : { minItems: bounds.min }), maxItems: bounds.max };
}

export function ref(definition: string): JsonSchema {
  return { $ref: `#/$defs/${definition}` };
}

/** What has to hold as well where a condition is met, and where it is not. Written as pairs: an object with `then` looks like a promise. */
export function conditional(condition: JsonSchema, { met, unmet }: { met: JsonSchema; unmet?: JsonSchema }): JsonSchema {
  return Object.fromEntries([['if', condition], ['then', met], ...(unmet === undefined ? [] : [['else', unmet] as const])]);
}
