/** The packs that come with Cairn, by name. */
export const PACK_NAMES = ['git', 'onboarding', 'incident-response', 'skyflow'] as const;
export type PackName = (typeof PACK_NAMES)[number];

/** Where each pack's YAML file lies: beside `src` and `dist` alike, so that one relative path serves both. */
export const PACK_FILES: Readonly<Record<PackName, URL>> = {
  git: new URL('../git.yaml', import.meta.url),
  onboarding: new URL('../onboarding.yaml', import.meta.url),
  'incident-response': new URL('../incident-response.yaml', import.meta.url),
  skyflow: new URL('../skyflow.yaml', import.meta.url),
};
