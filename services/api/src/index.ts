export { type Api, type ApiLimits, type ApiOptions, createApi } from './createApi.js';
export { PROGRESS_PROJECTION } from './features/progressProjection/names.js';
