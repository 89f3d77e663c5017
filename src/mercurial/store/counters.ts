/** The work of a store since it was opened. Tests assert exact numbers, so that a lost optimization fails one. */
export interface StoreCounters {
  /** Times the index of a revlog was read from its beginning. */
  revlogsOpened: number;
  /** Bytes read from revlogs and caches. */
  bytesRead: number;
  /** Full texts put together from chunks and deltas. */
  textsRebuilt: number;
  /** Deltas applied for them. */
  deltasApplied: number;
  /** Working files found equal by their hash alone, without rebuilding any text. */
  hashMatches: number;
  /** Working files found different by their size alone, without reading them or rebuilding any text. */
  sizeMismatches: number;
  /** Manifests taken from Mercurial's cache of full texts. */
  manifestCacheHits: number;
}

export function emptyCounters(): StoreCounters {
  return {
    revlogsOpened: 0,
    bytesRead: 0,
    textsRebuilt: 0,
    deltasApplied: 0,
    hashMatches: 0,
    sizeMismatches: 0,
    manifestCacheHits: 0,
  };
}
