/** Forms of the names in a pack, and what to say to who wrote another. */
export const SLUG = {
  pattern: /^[a-z0-9][a-z0-9_-]{0,62}$/,
  says: 'has to be up to 63 of a-z, 0-9, _ and -, beginning with a letter or digit',
};

export const LABEL = {
  pattern: /^[^\p{Cc}\p{Cs}]{1,64}$/u,
  says: 'has to be 1 to 64 characters on one line',
};
