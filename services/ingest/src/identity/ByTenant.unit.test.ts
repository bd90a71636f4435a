import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByTenant } from './ByTenant.js';

const tenant = fc.constantFrom('default', 'other');
const key = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({ act: fc.constant('set' as const), tenant, key, value: fc.nat(9) }),
  fc.record({ act: fc.constant('delete' as const), tenant, key }),
);

describe('ByTenant', () => {
  it('is a map of pairs of tenant and key', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const map = new ByTenant<number>();
        const model = new Map<string, number>();
        for (const one of steps) {
          if (one.act === 'set') {
            map.set(one.tenant, one.key, one.value);
            model.set(`${one.tenant}:${one.key}`, one.value);
          } else {
            map.delete(one.tenant, one.key);
            model.delete(`${one.tenant}:${one.key}`);
          }
          expect(map.size).toBe(model.size);
        }
        for (const tenantId of ['default', 'other']) {
          for (const name of ['a', 'b', 'c']) expect(map.get(tenantId, name)).toBe(model.get(`${tenantId}:${name}`));
        }
      }),
    );
  });
});
