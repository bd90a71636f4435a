import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { classify } from './classify.js';
import { StoreError } from './StoreError.js';
import { toStoreError } from './toStoreError.js';

function databaseError(code: string, table?: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('said the server', 0, 'error'), { code, table });
}

describe('an error of the server is known by its SQLSTATE', () => {
  it.each([
    ['CA001', 'fenced'],
    ['CA002', 'unlock_taken'],
    ['CA003', 'unlock_missing'],
    ['40001', 'retryable'],
    ['40P01', 'retryable'],
    ['55P03', 'retryable'],
    ['55000', 'connection'],
    ['57014', 'retryable'],
    ['57P01', 'connection'],
    ['08006', 'connection'],
    ['25006', 'connection'],
    ['26000', 'connection'],
    ['53100', 'resources'],
    ['22P05', 'invalid_data'],
    ['23502', 'constraint'],
    ['42P01', 'unexpected'],
  ])('%s is %s', (state, code) => {
    expect(classify(databaseError(state))).toBe(code);
  });

  it.each([
    ['events', 'identity_taken'],
    ['unlocks', 'unlock_taken'],
    ['xp_entries', 'xp_taken'],
    ['tokens', 'constraint'],
  ])('a duplicate in %s is %s', (table, code) => {
    expect(classify(databaseError('23505', table))).toBe(code);
  });
});

describe('an error without SQLSTATE', () => {
  it('of the network is a matter of the connection', () => {
    expect(classify(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))).toBe('connection');
  });

  it('of several addresses that were tried, too', () => {
    expect(classify(new AggregateError([Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })]))).toBe('connection');
  });

  it('is found behind the error that wraps it', () => {
    expect(classify(new Error('query failed', { cause: databaseError('40P01') }))).toBe('retryable');
  });

  it('that is not from the database is not classified', () => {
    expect(classify(new Error('something else'))).toBeNull();
    expect(classify('text')).toBeNull();
  });
});

describe('what the driver rejects with becomes a StoreError', () => {
  it('with the cause kept', () => {
    const cause = databaseError('CA001');
    expect(toStoreError(cause)).toMatchObject({ code: 'fenced', cause });
  });

  it('once only', () => {
    const error = new StoreError('fenced', 'already');
    expect(toStoreError(error)).toBe(error);
  });

  it('as a lost connection where the driver gives no code', () => {
    expect(toStoreError(new Error('Connection terminated unexpectedly')).code).toBe('connection');
  });

  it('as unexpected where the program is wrong', () => {
    expect(toStoreError(new TypeError('undefined is not a function')).code).toBe('unexpected');
  });
});
