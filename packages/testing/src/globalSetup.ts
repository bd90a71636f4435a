import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { readTestServerSource, type TestServerSource } from './config.js';
import type { StartedServers } from './StartedServers.js';
import { startContainers } from './startContainers.js';
import { startEmbeddedServers } from './startEmbeddedServers.js';
import { useGivenServers } from './useGivenServers.js';

const RUN_ID_BYTES = 4;

let started: StartedServers | null = null;

/** Called by vitest once, before all test files. */
export async function setup(project: TestProject): Promise<void> {
  const runId = randomBytes(RUN_ID_BYTES).toString('hex');
  started = await start(readTestServerSource(process.env), runId);
  const { natsUrl, databaseUrl, natsDir } = started;
  project.provide('cairnTestServers', { runId, natsUrl, databaseUrl, natsDir });
}

/** Called by vitest once, after all test files. */
export async function teardown(): Promise<void> {
  await started?.stop();
}

function start(source: TestServerSource, runId: string): Promise<StartedServers> {
  switch (source.kind) {
    case 'given':
      return useGivenServers(source, runId);
    case 'containers':
      return startContainers(runId);
    case 'embedded':
      return startEmbeddedServers(runId);
  }
}
