import { arch, cpus, platform, release, totalmem } from 'node:os';
import { packagedVersions } from '@cairn/embedded';

export interface Machine {
  cpu: string;
  cores: number;
  memory_bytes: number;
  os: string;
  /** Such as `{ node: 'v20.20.2', nats: '2.14.0', postgres: '18.4.0' }`. */
  versions: Record<string, string>;
}

/** Where the numbers come from; without it they say nothing. */
export async function describeMachine(): Promise<Machine> {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memory_bytes: totalmem(),
    os: `${platform()} ${release()} ${arch()}`,
    versions: { node: process.version, ...(await packagedVersions()) },
  };
}
