const BEARER = /^Bearer +(\S+)$/i;

/** The token in an Authorization header. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
}
