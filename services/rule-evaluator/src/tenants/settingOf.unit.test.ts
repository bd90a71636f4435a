import { describe, expect, it } from 'vitest';
import { settingOf } from './settingOf.js';

const say = (type: string, properties: unknown = {}) => settingOf({ type, propertiesJson: JSON.stringify(properties) });

describe('what an event says of how its user is counted', () => {
  it('is a plan, a zone, or a choice about all or about a category', () => {
    expect(say('subscription.created', { tier: 'pro' })).toEqual({ kind: 'plan', category: null });
    expect(say('subscription.changed', { tier: 'pro' })).toEqual({ kind: 'plan', category: null });
    expect(say('subscription.canceled')).toEqual({ kind: 'plan', category: null });
    expect(say('profile.updated', { timezone: 'Europe/Berlin' })).toEqual({ kind: 'zone', category: null });
    expect(say('profile.updated', { timezone: null })).toEqual({ kind: 'zone', category: null });
    expect(say('privacy.opted_out')).toEqual({ kind: 'choice', category: null });
    expect(say('privacy.opted_in', { category: 'quality' })).toEqual({ kind: 'choice', category: 'quality' });
  });

  it('is nothing where it does not say it', () => {
    expect(say('build.succeeded', { tier: 'pro' })).toBeNull();
    expect(say('profile.updated', { name: 'Ada' })).toBeNull();
    expect(say('subscription.changed')).toBeNull();
    expect(say('subscription.changed', null)).toBeNull();
    expect(say('privacy.opted_out', { category: 7 })).toBeNull();
    expect(settingOf({ type: 'profile.updated', propertiesJson: 'no JSON' })).toBeNull();
  });
});
