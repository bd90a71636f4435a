import { describe, expect, test } from 'vitest';
import { DayHistogram } from './dayHistogram.js';
import { HISTOGRAM_BARS_MAX } from './limits.js';

const total = (histogram: DayHistogram) => histogram.bars().reduce((sum, { count }) => sum + count, 0);

describe('a histogram by day', () => {
  test('widens its bars where there are too many', () => {
    const histogram = new DayHistogram();
    for (let day = -100; day < 250; day++) histogram.add(day);
    expect(histogram.daysPerBar).toBe(4);
    expect(histogram.bars()).toHaveLength(88);
    expect(histogram.bars().slice(0, 1)).toEqual([{ day: -100, count: 4 }]);
    expect(total(histogram)).toBe(350);
  });

  test('stays bounded however far the days lie apart', () => {
    const histogram = new DayHistogram();
    for (let i = 0; i < 5000; i++) histogram.add(((i * 7919) % 5000) * 30_000 - 90_000_000);
    expect(histogram.bars().length).toBeLessThanOrEqual(HISTOGRAM_BARS_MAX);
    expect(total(histogram)).toBe(5000);
  });

  test('is the same for two halves that are merged, whichever is wider', () => {
    const [whole, narrow, wide] = [new DayHistogram(), new DayHistogram(), new DayHistogram()];
    for (let day = 0; day < 50; day++) narrow.add(day);
    for (let day = 20; day < 900; day++) wide.add(day);
    for (let day = 0; day < 50; day++) whole.add(day);
    for (let day = 20; day < 900; day++) whole.add(day);
    for (const [one, other] of [
      [narrow, wide],
      [wide, narrow],
    ] as const) {
      const merged = new DayHistogram();
      merged.merge(one);
      merged.merge(other);
      expect(merged.bars()).toEqual(whole.bars());
    }
  });
});
