import { customType } from 'drizzle-orm/pg-core';
import { parseInstant } from '../parseInstant.js';

/** Text that is part of a key: compared byte for byte, whatever locale the database was made with, and cheaper to index. */
export const keyText = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' });

export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/** A point in time; epoch milliseconds in TypeScript. */
export const instant = customType<{ data: number; driverData: string }>({
  dataType: () => 'timestamp with time zone',
  toDriver: (epochMs) => new Date(epochMs).toISOString(),
  fromDriver: parseInstant,
});
