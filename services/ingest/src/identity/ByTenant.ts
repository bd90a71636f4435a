/** A map with keys that are unique within a tenant. To join both into one text for each look-up would take longer than the look-up. */
export class ByTenant<T> {
  readonly #maps = new Map<string, Map<string, T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(tenantId: string, key: string): T | undefined {
    return this.#maps.get(tenantId)?.get(key);
  }

  set(tenantId: string, key: string, value: T): void {
    let map = this.#maps.get(tenantId);
    if (map === undefined) {
      map = new Map();
      this.#maps.set(tenantId, map);
    }
    const sizeBefore = map.size;
    map.set(key, value);
    this.#size += map.size - sizeBefore;
  }

  delete(tenantId: string, key: string): void {
    const map = this.#maps.get(tenantId);
    if (map?.delete(key) !== true) return;
    this.#size--;
    if (map.size === 0) this.#maps.delete(tenantId);
  }
}
