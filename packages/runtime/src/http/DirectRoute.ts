import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from './principal.js';

/** A request that has come in whole, from somebody who may make it. */
export interface DirectCall {
  principal: Principal;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Answered as JSON. */
export interface DirectAnswer {
  status: number;
  body: unknown;
}

/**
 * A route for the requests that are most of all, answered on Node's own request and response: what a framework makes of a small one
 * takes as long as all else that is done for it. The same route of the app answers every request that is not usual, and all that
 * is refused before its body is read.
 */
export interface DirectRoute {
  method: string;
  /** As it stands in the request, without a query. */
  path: string;
  scope: string;
  bodyBytesMax: number;
  /** Whether a request is as usual, by its headers, names and values in turns. */
  isUsual(rawHeaders: readonly string[]): boolean;
  /** Makes room for a body of so many bytes; gives what lets go of it again. @throws CairnError `overloaded` */
  reserve(bytes: number): () => void;
  /** @throws CairnError */
  answer(call: DirectCall): Promise<DirectAnswer>;
}
