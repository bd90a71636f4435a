import { describe, expect, it } from 'vitest';
import type { ServerStatus } from './answers.js';
import { EvaluationStalledError } from './errors.js';
import { waitUntilEvaluated } from './waitUntilEvaluated.js';

function statuses(...readings: [evaluated: number, lag: number][]): () => Promise<ServerStatus> {
  let next = 0;
  return () => {
    const [evaluated_sequence, lag] = readings[Math.min(next++, readings.length - 1)] ?? [0, 0];
    return Promise.resolve({ log: { last_sequence: 10 }, evaluated_sequence, lag, dead_letters: 0, partitions: [], version: '1' });
  };
}

describe('waitUntilEvaluated', () => {
  it('waits until nothing is left, and tells how it goes', async () => {
    const seen: number[] = [];
    await waitUntilEvaluated(statuses([1, 9], [5, 5], [10, 0]), { onProgress: ({ lag }) => seen.push(lag) });
    expect(seen).toEqual([9, 5, 0]);
  });

  it('is content with what was asked for, while others go on sending', async () => {
    await expect(waitUntilEvaluated(statuses([1, 9], [7, 30]), { sequence: 7 })).resolves.toMatchObject({ lag: 30 });
  });

  it('waits for recounts of what was published up to there, where it is asked to', async () => {
    const recount = (since: number, progress: number) => ({ partition: 0, since_sequence: since, slugs: [], xp_rules: [], progress });
    const looks = [[recount(7, 0), recount(9, 0)], [recount(7, 0.5), recount(9, 0)], [recount(9, 0)]];
    const read = async () => ({ ...(await statuses([10, 2])()), recounts: looks.shift() ?? [] });
    await expect(waitUntilEvaluated(read, { sequence: 8, recounts: 'await' })).resolves.toMatchObject({ lag: 2 });
    expect(looks).toEqual([]);
    looks.push([recount(7, 0)]);
    await waitUntilEvaluated(read, { sequence: 8 });
    expect(looks).toEqual([]);
  });

  it('takes a recount that moves for headway', async () => {
    let progress = 0;
    const read = async () => {
      progress += 0.1;
      const recounts = progress < 0.85 ? [{ partition: 0, since_sequence: 1, slugs: [], xp_rules: [], progress }] : [];
      return { ...(await statuses([10, 1])()), recounts };
    };
    await waitUntilEvaluated(read, { sequence: 1, recounts: 'await', stallMsMax: 400 });
    expect(progress).toBeGreaterThan(0.8);
  });

  it('reports an evaluation that does not move', async () => {
    await expect(waitUntilEvaluated(statuses([1, 9]), { stallMsMax: 30 })).rejects.toBeInstanceOf(EvaluationStalledError);
  });

  it('ends by its signal', async () => {
    const controller = new AbortController();
    await expect(
      waitUntilEvaluated(statuses([1, 9]), { signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
  });
});
