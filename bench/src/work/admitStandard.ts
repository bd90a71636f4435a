import { admitEvent, type CairnEvent, DEFAULT_TENANT_ID } from '@cairn/contracts';
import type { Submission } from '../pipeline/standardSubmissions.js';

/** Submissions as the log holds them, as ingest would admit them all in one moment. */
export function admitStandard(submissions: readonly Submission[]): CairnEvent[] {
  const receivedAt = Date.now();
  return submissions.map((submission) => admitEvent(submission, { tenantId: DEFAULT_TENANT_ID, mayWriteTo: () => true, receivedAt }));
}
