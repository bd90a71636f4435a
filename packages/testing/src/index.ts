export { findFreePort as freePort } from '@cairn/embedded';
export { eventually } from './eventually.js';
export { type DatabaseContent, type FreshDatabase, freshDatabase } from './freshDatabase.js';
export { type FreshNats, freshNats } from './freshNats.js';
export { type Answer, type Arrived, answerJson, type RemoteHost, startRemoteHost } from './remoteHost.js';
export { type TestServers, testServers } from './testServers.js';
