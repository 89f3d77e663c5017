// The file set, for importers that still use its former place.
export * from '../files/fileSet.ts';
