import type { IncomingMessage, ServerResponse } from 'node:http';
import { Hono } from 'hono';
import type { DirectRoute } from './DirectRoute.js';
import { DirectRoutes, type DirectRoutesOptions } from './DirectRoutes.js';
import type { AppEnv } from './principal.js';

/** Routes of a framework for all requests, and direct ones beside them for those that are most. */
export class HttpApp extends Hono<AppEnv> {
  readonly #direct: DirectRoutes;

  constructor(options: DirectRoutesOptions) {
    super();
    this.#direct = new DirectRoutes(options);
  }

  routeDirectly(route: DirectRoute): void {
    this.#direct.add(route);
  }

  /** Answers a request by a direct route, or leaves it untouched and says false. */
  takeDirectly(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#direct.take(request, response);
  }
}
