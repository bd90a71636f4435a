import { difference, processorTime } from '../pipeline/processorTime.js';

/** Runs something, and tells how long it took and what all processes took of the processor for it, this one as `node`. */
export async function withProcessor(work: () => Promise<void>): Promise<{ seconds: number; processor: Record<string, number> }> {
  const before = await processorTime();
  const own = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(own);
  const processor = { ...difference(await processorTime(), before) };
  processor['node'] = (processor['node'] ?? 0) + (user + system) / 1e6;
  return { seconds, processor };
}
