export { createIngest, type Ingest, type IngestLimits, type IngestOptions } from './createIngest.js';
export { INGEST_CONSUMER } from './natsDoor/ensureConsumer.js';
