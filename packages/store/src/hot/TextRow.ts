/** The columns of a row that a statement returned, in PostgreSQL's text format. */
export type TextRow = readonly (string | null)[];
