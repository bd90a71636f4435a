export { createNotifier, type Notifier, type NotifierOptions } from './createNotifier.js';
export { NOTIFIER_LIMITS, type NotifierLimits } from './limits.js';
