/** Of the events whose unlocks are timed. */
export const PROBE_TYPE = 'latency.probe';

/** Every probe makes an unlock. */
export const probePack = {
  pack: 'latency',
  achievements: [
    {
      slug: 'probe',
      name: 'Probe',
      reason: 'To see how long an unlock takes.',
      criteria: { type: 'count', event: PROBE_TYPE, threshold: 1 },
      repeat: 'every_threshold',
    },
  ],
};
