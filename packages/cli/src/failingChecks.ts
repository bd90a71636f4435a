/** Of the answer to `/readyz`, which looks at its servers for two seconds at most. */
const READINESS_MS_MAX = 5_000;

/** What a server says that it cannot do its work for, by check; nothing where all is well, or what stands before it keeps `/readyz` to itself. */
export async function failingChecks(url: string): Promise<[check: string, reason: string][]> {
  let answer: unknown;
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(READINESS_MS_MAX), redirect: 'manual' });
    if (response.headers.get('content-type')?.includes('json') !== true) return [];
    answer = await response.json();
  } catch (error) {
    return [['readyz', error instanceof Error ? error.message : String(error)]];
  }
  const { checks } = answer as { checks?: unknown };
  if (typeof checks !== 'object' || checks === null) return [];
  return Object.entries(checks).flatMap(([check, state]) => (state === 'ok' ? [] : [[check, String(state)] as [string, string]]));
}
