import { acquirePartitions, type Database, heartbeat, leaveEvaluators, partitionPositions, releasePartitions } from '@cairn/store';
import type { LeaseStore } from '../lease/PartitionLeases.js';

export function postgresLeases({ pool }: Database): LeaseStore {
  return {
    heartbeat: (owner, ttlSeconds) => heartbeat(pool, owner, ttlSeconds),
    acquire: (of) => acquirePartitions(pool, of),
    release: (owner, partitions) => releasePartitions(pool, { owner, partitions }),
    leave: async (owner) => {
      const owned = (await partitionPositions(pool)).filter((position) => position.owner === owner);
      await releasePartitions(pool, { owner, partitions: owned.map(({ partition }) => partition) });
      await leaveEvaluators(pool, owner);
    },
  };
}
