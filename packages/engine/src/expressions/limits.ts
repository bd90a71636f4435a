/** Characters of an expression. */
export const EXPRESSION_CHARS_MAX = 2_000;
/** Nodes of its syntax tree. */
export const EXPRESSION_NODES_MAX = 500;
/** Nesting of its syntax tree. */
export const EXPRESSION_DEPTH_MAX = 32;
/** Elements of a list or map that it writes out. */
export const EXPRESSION_LITERAL_ELEMENTS_MAX = 200;

/** Characters that a value taken from an event is reckoned with; the doors accept no larger `properties`. */
export const INPUT_CHARS_MAX = 8_192;
/** The largest string or list, in characters, that an expression may build at any point. */
export const INTERMEDIATE_CHARS_MAX = 1 << 20;
/** Steps of the worst evaluation, each of some nanoseconds: about a tenth of a second at the very most. */
export const EXPRESSION_COST_MAX = 10_000_000;
/** Characters that are compared, searched or copied in the time of one step. */
export const CHARS_PER_STEP = 16;

/** Characters of a regular expression. */
export const PATTERN_CHARS_MAX = 500;
/** Instructions that a regular expression may compile to. */
export const PATTERN_INSTRUCTIONS_MAX = 1_000;
/** Compiled regular expressions that are kept. */
export const PATTERNS_KEPT_MAX = 1_000;
