import avro from 'avsc';
import { describe, expect, it } from 'vitest';
import { incompatibilities } from './incompatibilities.mjs';

const record = (...fields) => ({ type: 'record', name: 'Thing', fields });
const between = (current, older) => incompatibilities(avro.Type.forSchema(current), avro.Type.forSchema(older));

const id = { name: 'id', type: 'string' };

describe('incompatibilities', () => {
  it('finds none where a new field has a default and a renamed one an alias', () => {
    const current = record({ name: 'key', aliases: ['id'], type: 'string' }, { name: 'note', type: ['null', 'string'], default: null });
    expect(between(current, record(id))).toEqual([]);
  });

  it('names a new field without a default, also deep inside', () => {
    const inner = (...fields) => ({ name: 'parts', type: { type: 'array', items: { type: 'record', name: 'Part', fields } } });
    expect(between(record(inner(id, { name: 'size', type: 'int' })), record(inner(id)))).toEqual([
      'parts[].size: is not in the older version and has no default',
    ]);
  });

  it('names every field whose type cannot be read', () => {
    const found = between(record({ name: 'id', type: 'long' }, { name: 'n', type: 'int' }), record(id, { name: 'n', type: 'double' }));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^id: /);
    expect(found[1]).toMatch(/^n: /);
  });

  it('names a branch that went away', () => {
    const body = (...types) => record({ name: 'body', type: types });
    expect(between(body('null', 'string'), body('null', 'string', 'int'))).toEqual(['body: nothing can read the branch int any more']);
  });

  it('reads what a wider type has room for', () => {
    expect(between(record({ name: 'n', type: 'long' }), record({ name: 'n', type: 'int' }))).toEqual([]);
    expect(between(record({ name: 'id', type: ['null', 'string'] }), record(id))).toEqual([]);
  });

  it('names a symbol of an enum that went away', () => {
    const kind = (...symbols) => record({ name: 'kind', type: { type: 'enum', name: 'Kind', symbols } });
    expect(between(kind('A'), kind('A', 'B'))).toHaveLength(1);
    expect(between(kind('A', 'B', 'C'), kind('A', 'B'))).toEqual([]);
  });
});
