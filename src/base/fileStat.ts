/** The result of `lstat`, reduced to the facts that a status needs. Plain data, so that every layer can use it. */
export interface FileStat {
  readonly kind: FileKind;
  /** Bytes. */
  readonly size: number;
  /** The owner's execute bit (0100), the only one that Mercurial reads. */
  readonly executable: boolean;
  /** Whole seconds since 1970, rounded down (a time before 1970 is negative). */
  readonly mtimeSeconds: number;
  /** 0 to 999,999,999, counted from {@link mtimeSeconds}. */
  readonly mtimeNanoseconds: number;
  /** Nanoseconds since 1970 of the last change of the inode. */
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  readonly device: bigint;
  /** The owner: 32 bits each; 0 where the system has none. */
  readonly uid: number;
  readonly gid: number;
}

/** 'other' is a fifo, socket or device: never read, never tracked. */
export type FileKind = 'file' | 'symlink' | 'directory' | 'other';

/** The content of a working file, or a symbolic link's target, read only as far as it is asked for. */
export interface ContentSource {
  /** Bytes, from lstat. */
  readonly size: number;
  /** The bytes from the start, in pieces; may be called again for another pass. Throws if the file cannot be read. */
  chunks(): Iterable<Uint8Array>;
}
