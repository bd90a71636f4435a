/** The parts that the doors are put together of, for those who put them together over other ports. */

export { Admitter } from './identity/Admitter.js';
export { hashText } from './identity/hashText.js';
export { IdentityLookup } from './identity/IdentityLookup.js';
export type { IdentityStore } from './identity/IdentityStore.js';
export type { Outcome } from './identity/judge.js';
export { type AliasStore, KnownAliases } from './identity/KnownAliases.js';
export { RecentIdentities } from './identity/RecentIdentities.js';
export { JetStreamLog } from './log/JetStreamLog.js';
export { LogWriter } from './log/LogWriter.js';
export { DeadLetters } from './natsDoor/DeadLetters.js';
export type { DoorMessage } from './natsDoor/DoorMessage.js';
export { NatsDoor } from './natsDoor/NatsDoor.js';
