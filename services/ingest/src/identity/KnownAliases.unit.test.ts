import { eventually } from '@cairn/testing';
import { expect, it, onTestFinished } from 'vitest';
import { makeEvent } from '../testing/makeEvent.js';
import { type AliasStore, KnownAliases } from './KnownAliases.js';

type Rows = Awaited<ReturnType<AliasStore['list']>>;

async function known(rows: () => Rows): Promise<{ userOf(userId: string, tenantId?: string): string; errors: unknown[] }> {
  const errors: unknown[] = [];
  const store: AliasStore = {
    state: () => Promise.resolve(String(rows().length)),
    list: (limit) => Promise.resolve(rows().slice(-limit)),
  };
  const aliases = new KnownAliases({ store, aliasesMax: 3, lookMs: 1, onError: (error) => errors.push(error) });
  onTestFinished(() => aliases.stop());
  await aliases.start();
  return { userOf: (userId, tenantId = 'default') => aliases.own({ ...makeEvent({ event_id: 'e1' }), userId, tenantId }).userId, errors };
}

const row = (alias: string, userId: string, tenantId = 'default') => ({ tenantId, alias, userId });

it('gives an event to whom its user was merged into in the end, in the same tenant', async () => {
  const { userOf } = await known(() => [row('a', 'b'), row('b', 'c')]);
  expect(['a', 'b', 'c', 'x'].map((user) => userOf(user))).toEqual(['c', 'c', 'c', 'x']);
  expect(userOf('a', 'other')).toBe('a');
});

it('leaves the event what it is', async () => {
  const aliases = new KnownAliases({
    store: { state: () => Promise.resolve('1'), list: () => Promise.resolve([row('a', 'b')]) },
    aliasesMax: 1,
    lookMs: 1,
    onError: () => undefined,
  });
  onTestFinished(() => aliases.stop());
  await aliases.start();
  const event = { ...makeEvent({ event_id: 'e1' }), userId: 'a', tenantId: 'default' };
  expect(aliases.own(event)).toEqual({ ...event, userId: 'b' });
  const other = { ...event, userId: 'x' };
  expect(aliases.own(other)).toBe(other);
});

it('hears of new aliases, of which it keeps the newest', async () => {
  const rows = [row('a', 'z')];
  const { userOf } = await known(() => rows);
  rows.push(row('b', 'z'), row('c', 'z'), row('d', 'z'));
  await eventually(() => expect(userOf('d')).toBe('z'));
  expect([userOf('a'), userOf('b')]).toEqual(['a', 'z']);
});

it('goes on with what it knows while it cannot look', async () => {
  let isBroken = false;
  const { userOf, errors } = await known(() => {
    if (isBroken) throw new Error('no database');
    return [row('a', 'b')];
  });
  isBroken = true;
  await eventually(() => expect(errors.length).toBeGreaterThan(1));
  expect(userOf('a')).toBe('b');
});
