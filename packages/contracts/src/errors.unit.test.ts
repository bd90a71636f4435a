import { describe, expect, it } from 'vitest';
import { CairnError, ERROR_STATUS, toProblem } from './errors.js';

describe('toProblem', () => {
  it('is what RFC 9457 asks for, with a stable code', () => {
    const error = new CairnError('unknown_field', 'colour is not a field', { errors: [{ field: 'colour', message: 'is not a field' }] });
    expect(toProblem(error)).toEqual({
      type: 'urn:cairn:problem:unknown_field',
      title: 'unknown field',
      status: 422,
      code: 'unknown_field',
      detail: 'colour is not a field',
      errors: [{ field: 'colour', message: 'is not a field' }],
    });
    expect(toProblem(new CairnError('not_found', 'nothing'))).not.toHaveProperty('errors');
  });

  it('has an error status for every code', () => {
    for (const [code, status] of Object.entries(ERROR_STATUS)) {
      expect([code, status >= 400 && status < 600]).toEqual([code, true]);
      expect(code).toMatch(/^[a-z_]+$/);
    }
  });
});
