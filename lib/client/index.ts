// The provider: what an application imports to keep Y.Docs level with a sync server. Safe to import where a page is rendered.

export { type ClientOptions, InkroomClient } from './client.ts';
export type { Clock, Timer } from './clock.ts';
export { type DeviceStore, type KeptDocument, openDeviceStore } from './device.ts';
export { mergeUpdates } from './kept.ts';
export { type KeptEdit, type OfflineStore, openIndexedDbStore } from './offline.ts';
export { type DocumentProvider, RefusedError } from './provider.ts';
export type { SocketConstructor } from './socket.ts';
export type { SyncState } from './sync-state.ts';
export { UploadError, type UploadErrorCode, type Uploaded, type UploadOptions, upload } from './upload.ts';
