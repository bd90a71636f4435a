import { inject } from 'vitest';

/** The servers of a test run, as the global setup hands them to the test files. */
export interface TestServers {
  /** Tells the databases of this run from those of another on the same server. */
  readonly runId: string;
  readonly natsUrl: string;
  /** By a user who may make and drop databases. */
  readonly databaseUrl: string;
  /** Where `freshNats` keeps servers of its own; null: there is only the one at `natsUrl`, for one test file at a time. */
  readonly natsDir: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Absent in a project without the global setup of this package. */
    cairnTestServers?: TestServers;
  }
}

/** The servers of this run. Only in a vitest project whose `globalSetup` is the one of this package. */
export function testServers(): TestServers {
  const servers = inject('cairnTestServers');
  if (servers === undefined) throw new Error('no servers were started: is this file called *.int.test.ts?');
  return servers;
}
