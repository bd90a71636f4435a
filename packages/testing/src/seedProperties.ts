import fc from 'fast-check';

/**
 * A setup file: generated cases are the same in every run, so that a run that fails says something about the change. Other ones are
 * tried by `CAIRN_TEST_SEED=<number>`, and in great number by `npm run test:properties`.
 */
const SEED_DEFAULT = 20_261_121;

const seed = Number(process.env['CAIRN_TEST_SEED'] ?? SEED_DEFAULT);
if (!Number.isSafeInteger(seed)) throw new Error('CAIRN_TEST_SEED is a whole number');
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
