// The door to files, for importers that still use its former place.
export * from '../files/vfs.ts';
