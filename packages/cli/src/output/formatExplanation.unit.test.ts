import { Writable } from 'node:stream';
import type { CrossedThreshold, EventOutcome, Explanation } from '@cairn/sdk';
import { describe, expect, it } from 'vitest';
import { formatExplanation } from './formatExplanation.js';
import { Output } from './output.js';

const output = new Output({
  stdout: new Writable(),
  stderr: new Writable(),
  isTTY: { stdout: false, stderr: false },
  noColour: true,
});

function explanation(fields: Partial<Explanation>): Explanation {
  return {
    ...{ slug: 'it', name: 'It', version: 2, status: 'progressing', value: 1, threshold: 3, missing: 2, needs: '2 more events.' },
    ...{ level: null, period: null, blocked_by: null, summary: 'So it is.', counted: [], counted_total: 0, crossed: [], not_counted: [] },
    ...{ not_counted_totals: {}, missing_slugs: [], missing_steps: [], unlocks: [] },
    history: { events: 0, truncated: false, missing: 0 },
    ...fields,
  };
}

function crossed(fields: Partial<CrossedThreshold>): CrossedThreshold {
  return {
    ...{ threshold: 2, value: 2, level: null, period: null, at: '2026-04-12T10:15:00Z', event_id: 'e2', version: 1 },
    ...{ backfilled: false, evidence: [], granted: null, revoked: null },
    ...fields,
  };
}

const printed = (fields: Partial<Explanation>): string => formatExplanation(output, explanation(fields)).join('\n');

describe('an explanation for people', () => {
  it('says what is not known of the time before what was read', () => {
    const told = printed({ history: { events: 10_000, truncated: true, missing: 0, assumed: ['plan', 'consent'] } });
    expect(told).toContain('newest 10,000 events');
    expect(told).toContain('It is not known which plan the user had, nor what the user had opted in to or out of before that');
    expect(printed({ history: { events: 10_000, truncated: true, missing: 0, assumed: [] } })).not.toContain('not known');
  });

  it('begins with a sentence, then says where it stands', () => {
    expect(printed({}).split('\n')).toEqual([
      'It (it, version 2)',
      'So it is.',
      '',
      'status  progressing',
      'value   1 of 3',
      'needed  2 more events.',
    ]);
  });

  it('says by what, by whom and by which version something was unlocked and revoked', () => {
    const revoked = { by: 'ops', reason: 'A mistake.', at: '2026-04-13T08:00:00Z' };
    const lines = printed({
      crossed: [
        crossed({ level: 'bronze', backfilled: true }),
        crossed({ level: 'gold', event_id: null, version: 2, granted: { by: null, reason: 'Thanks.' }, revoked }),
      ],
    });
    expect(lines.split('\n').slice(-5)).toEqual([
      'Reached (2):',
      '  WHEN                   VALUE          VERSION  BY',
      '  2026-04-12T10:15:00Z  2 of 2  bronze  1        e2 (found in the history)',
      '  2026-04-12T10:15:00Z  2 of 2  gold    2        granted by hand: Thanks.',
      '  2026-04-13T08:00:00Z          gold             revoked by ops: A mistake.',
    ]);
  });

  it('names what is missing, what blocks it, and what the lists do not know', () => {
    const lines = printed({
      missing_steps: ['plan', 'ship'],
      missing_slugs: ['first'],
      blocked_by: 'revoked',
      counted: [{ event_id: 'e1', occurred_at: '2026-04-12T10:15:00Z', contribution: 'plan' }],
      counted_total: 12,
      not_counted_totals: { too_late: 3, new_reason: 1 },
      history: { events: 10_000, truncated: true, missing: 2 },
    });
    for (const part of [
      'still to do   plan, ship',
      'not held yet  first',
      'does not unlock by itself again',
      'Counted (12):',
      '  2026-04-12T10:15:00Z  e1     plan',
      '  too late for the window  3',
      '  new_reason               1',
      'the newest 10,000 events',
      '2 events are no longer in the log',
    ])
      expect(lines).toContain(part);
  });

  it('begins with the event that was asked for, and shows what others wrote without obeying it', () => {
    const event: EventOutcome = {
      ...{ event_id: 'e\u001b[2J', type: 'build.succeeded', occurred_at: '2026-04-12T10:15:00Z', counted: false, reason: 'where_false' },
      ...{ detail: 'The filter is false: x is "\u202e".', contribution: null, period: null, value: null, blocked_by: null },
      ...{ crossed: [], original: null, sequence: null },
    };
    const lines = printed({ event, counted_total: 3 });
    expect(lines.split('\n').slice(0, 2)).toEqual([
      'Event e\\u{1b}[2J (build.succeeded, 2026-04-12T10:15:00Z) did not count.',
      'The filter is false: x is "\\u{202e}".',
    ]);
    expect(lines).not.toContain('Counted (3)');
  });
});
