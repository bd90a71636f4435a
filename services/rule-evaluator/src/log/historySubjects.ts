import { logControlSubject, logSubject } from '@cairn/contracts';
import type { HistoryOf } from './EvaluationLog.js';

/** Where a history lies. */
export function historySubjects({ partition, tenantId, control }: Pick<HistoryOf, 'partition' | 'tenantId' | 'control'>): string[] {
  const partitions = typeof partition === 'object' && partition !== null ? partition : [partition ?? ('*' as const)];
  const subjects = partitions.map((one) => logSubject(one, tenantId));
  if (control === 'include') subjects.push(logControlSubject(tenantId, '*'));
  return subjects;
}
