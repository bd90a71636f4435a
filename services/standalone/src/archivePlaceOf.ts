import { type ArchivePlace, directoryPlace, s3Place } from '@cairn/archive';
import { type CliContext, UsageError } from '@cairn/cli';
import { configOf } from './openInstallation.js';

/** A directory, or `s3://bucket/path`. @throws UsageError */
export function archivePlaceOf(context: CliContext, location: string): ArchivePlace {
  if (!location.startsWith('s3://')) return directoryPlace(location);
  const { objectStore } = configOf(context);
  if (objectStore === undefined)
    throw new UsageError(
      `${location} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_REGION, or AWS_ENDPOINT_URL_S3 for another store)`,
    );
  return s3Place(location, objectStore);
}
