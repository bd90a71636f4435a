import { answerJson, startRemoteHost } from '@cairn/testing';
import { onTestFinished } from 'vitest';
import { type Called, callCli } from './callCli.js';
import { temporaryDirectory } from './temporaryDirectory.js';

/** One call against a server that answers everything with the same. Also says what it was asked: `GET /v1/status`. */
export async function callAnswered(argv: readonly string[], answer: object): Promise<Called & { asked: string[] }> {
  const asked: string[] = [];
  const host = await startRemoteHost((request, response) => {
    asked.push(`${request.method} ${request.path}`);
    answerJson(response, 200, answer);
  });
  onTestFinished(() => host.stop());
  const env = { CAIRN_DATA_DIR: await temporaryDirectory(), CAIRN_URL: host.url, CAIRN_TOKEN: 'token' };
  return { ...(await callCli(argv, { env })), asked };
}
