import { CairnError } from '@cairn/contracts';
import type { AppEnv } from '@cairn/runtime';
import { OpenAPIHono } from '@hono/zod-openapi';

export type OpenApiApp = OpenAPIHono<AppEnv>;

/** An app whose routes describe and check themselves; what does not fit is a 422 that names each field. */
export function createOpenApiApp(): OpenApiApp {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const errors = result.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
      const first = errors[0];
      throw new CairnError('invalid_request', first === undefined ? 'the request is invalid' : `${first.field}: ${first.message}`, {
        errors,
      });
    },
  });
}
