/** What tests hand on to the programs that they start. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;
