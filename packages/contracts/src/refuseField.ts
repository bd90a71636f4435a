import { CairnError, type ErrorCode } from './errors.js';

/** A refusal that names the field; of the whole where the field is empty. */
export function refuseField(code: ErrorCode, field: string, message: string): CairnError {
  return new CairnError(code, field === '' ? message : `${field} ${message}`, field === '' ? {} : { errors: [{ field, message }] });
}
