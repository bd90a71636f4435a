export { PACK_FILES, PACK_NAMES, type PackName } from './packFiles.js';
