import { standardSubmissions } from '../standardSubmissions.js';
import { type HttpAnswer, KeepAliveConnection } from './KeepAliveConnection.js';
import type { DoorReport, HttpLoadJob } from './loadJob.js';
import { postEvents } from './postEvents.js';

/** All requests are made before the first is sent, and all answers are read after the last has come. */
export async function prepareHttpLoad(job: HttpLoadJob): Promise<() => Promise<DoorReport>> {
  const { token, eventsARequest, connections } = job;
  const url = new URL(job.url);
  const { submissions } = standardSubmissions(job);
  const requests: Buffer[] = [];
  for (let at = 0; at < submissions.length; at += eventsARequest) {
    const events = submissions.slice(at, at + eventsARequest);
    requests.push(postEvents({ url, token }, JSON.stringify(eventsARequest === 1 ? events[0] : events)));
  }
  const open = await Promise.all(Array.from({ length: connections }, () => KeepAliveConnection.open(url)));
  return async () => {
    const answers: HttpAnswer[] = [];
    const inOrder = requests.values();
    const startedMs = performance.now();
    await Promise.all(
      open.map(async (connection) => {
        for (const request of inOrder) answers.push(await connection.send(request));
      }),
    );
    const seconds = (performance.now() - startedMs) / 1000;
    for (const connection of open) connection.close();
    return { seconds, events: submissions.length, answers: countAnswers(answers) };
  };
}

function countAnswers(answers: readonly HttpAnswer[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { status, body } of answers) {
    if (status !== 200 && status !== 202) throw new Error(`answered with ${String(status)}: ${body.toString()}`);
    const answer = JSON.parse(body.toString()) as { status: string } | { results: { status: string }[] };
    for (const result of 'results' in answer ? answer.results : [answer]) counted[result.status] = (counted[result.status] ?? 0) + 1;
  }
  return counted;
}
