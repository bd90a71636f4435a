import { describe, expect, it } from 'vitest';
import { isAboutUser, type Message } from './isAboutUser.js';

const ADA = { tenantId: 'default', userIds: ['gräfin "ada"', 'ada'] };

function message(data: string, headers: Record<string, string> = {}, subject = 'events.build.done'): Message {
  return { subject, data: Buffer.from(data), header: (name) => headers[name], headers: Object.values(headers).join('\n') };
}

describe('a message', () => {
  it.each([
    ['an event', message(JSON.stringify({ actor: { user_id: 'ada' } }))],
    ['an event with an id that JSON escapes', message('{"actor": {"user_id": "gr\\u00e4fin \\"ada\\""}}')],
    ['an unlock', message(JSON.stringify({ tenant_id: 'default', user_id: 'ada' }), {}, 'events.achievement.unlocked')],
    ['a live unlock', message('{}', {}, 'events.realtime.achievement_unlocked.default.ada')],
    ['a structured CloudEvent', message(JSON.stringify({ specversion: '1.0', subject: 'ada' }))],
    ['a binary CloudEvent', message('{"step": "one"}', { 'ce-subject': 'gr%C3%A4fin%20%22ada%22' })],
    ['broken JSON that names them', message('{"actor": {"user_id": "ada"')],
    ['a dead letter of theirs', message(JSON.stringify({ actor: { user_id: 'ada' } }), { 'Cairn-Tenant': 'default' }, 'dlq.invalid_event')],
    [
      'an entry of the log that nobody can read',
      message('\u0001ada\u0002', { 'Cairn-Origin-Subject': 'log.3.default' }, 'dlq.undecodable_entry'),
    ],
  ])('is about a user: %s', (_, of) => {
    expect(isAboutUser(of, ADA)).toBe(true);
  });

  it.each([
    ['another user', message(JSON.stringify({ actor: { user_id: 'ben' } }))],
    ['another who mentions them', message(JSON.stringify({ actor: { user_id: 'ben' }, properties: { reviewer: 'ada' } }))],
    ['a user of that name of another tenant', message(JSON.stringify({ actor: { user_id: 'ada', tenant_id: 'acme' } }))],
    ['a letter of another tenant', message('ada', { 'Cairn-Tenant': 'acme' }, 'dlq.invalid_event')],
    ['a user whose id begins like theirs', message('{}', {}, 'events.realtime.achievement_unlocked.default.adam')],
  ])('is not about them: %s', (_, of) => {
    expect(isAboutUser(of, ADA)).toBe(false);
  });
});
