import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PROGRESS_INTERVAL_MS } from '../limits.js';
import { type ProgressChange, ProgressPublisher } from './ProgressPublisher.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const change = (userId: string, slug = 'a'): ProgressChange => ({ tenantId: 'default', userId, slug });

function publisher() {
  const sent: string[] = [];
  const progress = new ProgressPublisher({
    now: () => Date.now(),
    send: ({ userId, slug }) => {
      sent.push(`${userId}/${slug}@${Date.now()}`);
      return true;
    },
  });
  return { progress, sent };
}

it('sends the first change at once and the rest once an interval', () => {
  vi.setSystemTime(0);
  const { progress, sent } = publisher();
  for (let i = 0; i < 100; i++) progress.changed(change('ada'));
  expect(sent).toEqual(['ada/a@0']);
  vi.advanceTimersByTime(PROGRESS_INTERVAL_MS * 3);
  expect(sent).toEqual(['ada/a@0', `ada/a@${PROGRESS_INTERVAL_MS}`]);
  progress.stop();
});

it('keeps pairs apart', () => {
  vi.setSystemTime(0);
  const { progress, sent } = publisher();
  progress.changed(change('ada', 'a'));
  progress.changed(change('ada', 'b'));
  progress.changed(change('bob', 'a'));
  expect(sent).toEqual(['ada/a@0', 'ada/b@0', 'bob/a@0']);
  progress.stop();
});

it('sends nothing after it was stopped', () => {
  vi.setSystemTime(0);
  const { progress, sent } = publisher();
  progress.changed(change('ada'));
  progress.changed(change('ada'));
  progress.stop();
  vi.advanceTimersByTime(PROGRESS_INTERVAL_MS * 3);
  expect(sent).toHaveLength(1);
});
