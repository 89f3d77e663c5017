// The bounded cache, for importers that still use its former place.
export * from '../../base/boundedCache.ts';
