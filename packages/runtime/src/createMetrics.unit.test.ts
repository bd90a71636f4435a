import { describe, expect, it } from 'vitest';
import { createMetrics } from './createMetrics.js';

describe('createMetrics', () => {
  it('gives the same metric for the same name, so that two services of a process can share it', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.counter({ name: 'cairn_test_total', help: 'Tests.', labels: ['door'] }).inc({ door: 'http' });
    metrics.counter({ name: 'cairn_test_total', help: 'Tests.', labels: ['door'] }).inc({ door: 'http' });
    expect(await metrics.registry.metrics()).toContain('cairn_test_total{door="http"} 2');
  });

  it('asks a gauge for its value at each scrape', async () => {
    const metrics = createMetrics({ processMetrics: false });
    let waiting = 3;
    metrics.gauge({ name: 'cairn_test_waiting', help: 'Waiting.', collect: (gauge) => gauge.set(waiting) });
    expect(await metrics.registry.metrics()).toContain('cairn_test_waiting 3');
    waiting = 0;
    expect(await metrics.registry.metrics()).toContain('cairn_test_waiting 0');
  });

  it('tells about the process unless it is asked not to', async () => {
    expect(await createMetrics().registry.metrics()).toContain('process_cpu_seconds_total');
    expect(await createMetrics({ processMetrics: false }).registry.metrics()).toBe('\n');
  });
});
