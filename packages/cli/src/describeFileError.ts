import { isErrno } from './isErrno.js';

/** Why a file that somebody named cannot be read, in the words of people. */
export function describeFileError(path: string, cause: unknown): string {
  if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ENOTDIR')) return `${path} does not exist`;
  if (isErrno(cause, 'EISDIR')) return `${path} is a directory`;
  if (isErrno(cause, 'EACCES')) return `${path} cannot be read: permission denied`;
  return `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
}
