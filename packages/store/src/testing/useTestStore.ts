import { type FreshDatabase, freshDatabase } from '@cairn/testing';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { migratedDatabase, TestStore } from './TestStore.js';

/** A store on a database of the test file's own, which is emptied before each test, or only before the first. */
export function useTestStore(emptied: 'before each test' | 'once'): TestStore {
  const store = new TestStore();
  let fresh: FreshDatabase;
  const [before, after] = emptied === 'once' ? [beforeAll, afterAll] : [beforeEach, afterEach];
  beforeAll(async () => {
    fresh = await freshDatabase(migratedDatabase);
  });
  // Run in reverse: the store is closed before its database goes.
  afterAll(async () => {
    await fresh.drop();
  });
  before(async () => {
    await store.open(fresh.url);
  });
  after(async () => {
    await store.close();
  });
  return store;
}
