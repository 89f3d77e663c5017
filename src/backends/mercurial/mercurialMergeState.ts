// Mercurial's notes on a merge as the model has them, kept for as long as the files are the same.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import {
  decodeMergeState,
  MERGE_DIRECTORY,
  mergeStatePaths,
  readMergeStateFiles,
  type RecordedConflict,
  type MergeStateFiles,
} from '../../mercurial/merge/mergeState.ts';
import { sameIdentity, type FileBytes, type FileIdentity, type Vfs } from '../../files/vfs.ts';
import type { Conflict, MergeState } from '../../workingCopy/backend.ts';

/** The coarsest clock of a file system in use. Two changes of the same size within it leave the same identity. */
const RACY_NS = 2_000_000_000n;
/** Attempts at a file that ends within a record. A write of a few kilobytes is over after them. */
const ATTEMPTS = 3;

interface Known {
  readonly files: MergeStateFiles;
  /** False if the files were so young when they were read that they may have changed without another identity. */
  readonly isSure: boolean;
  readonly state: MergeState | undefined;
}

export class MergeStateReader {
  readonly #vfs: Vfs;
  readonly #hgDirectory: string;
  #known: Known = { files: { v1: undefined, v2: undefined }, isSure: true, state: undefined };

  constructor(vfs: Vfs, hgDirectory: string) {
    this.#vfs = vfs;
    this.#hgDirectory = hgDirectory;
  }

  /**
   * Returns the previous object if nothing in it changed, at the cost of two stats. A state that cannot be decoded is
   * returned with its problem: a status does not need it and must not fail.
   *
   * @param isLocked true while a command holds the lock: a truncated file is still being written, so the last state
   * stays
   */
  read(isLocked: () => boolean): MergeState | undefined {
    const [v1, v2] = mergeStatePaths(this.#hgDirectory).map(file => this.#vfs.targetIdentity(file));
    const known = this.#known;
    const looksSame =
      sameIdentity(v1, known.files.v1?.identity) && sameIdentity(v2, known.files.v2?.identity) && known.isSure;
    if (looksSame) return known.state;
    const began = BigInt(Date.now()) * 1_000_000n;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          this.#read(began);
          return this.#known.state;
        } catch (error) {
          if (!isCutOff(error) || attempt === ATTEMPTS) throw error;
        }
      }
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      // A file that is being written is read again when the lock is released.
      if (!isCutOff(error) || !isLocked()) {
        const state = { local: undefined, other: undefined, labels: {}, conflicts: [], problem: error };
        const isOld = known.state?.problem?.message === error.message;
        this.#known = { ...this.#known, isSure: false, state: isOld ? known.state : state };
      }
      return this.#known.state;
    }
  }

  #read(began: bigint): void {
    const files = readMergeStateFiles(this.#vfs, this.#hgDirectory);
    const isSure = isOld(files.v1?.identity, began) && isOld(files.v2?.identity, began);
    const before = this.#known;
    const isSame =
      sameBytes(files.v1, before.files.v1) &&
      sameBytes(files.v2, before.files.v2) &&
      before.state?.problem === undefined;
    if (isSame) {
      this.#known = { files, isSure, state: before.state };
      return;
    }
    const decoded = decodeMergeState(files, this.#hgDirectory);
    const state = decoded && {
      ...decoded,
      conflicts: decoded.conflicts.map(conflict => this.#toConflict(conflict)),
      problem: undefined,
    };
    this.#known = { files, isSure, state };
  }

  #toConflict(conflict: RecordedConflict): Conflict {
    if (conflict.kind === 'path') return conflict;
    const { backup, ...rest } = conflict;
    const localFile = backup === undefined ? undefined : path.join(this.#hgDirectory, MERGE_DIRECTORY, backup);
    return { ...rest, localFile };
  }
}

function isCutOff(error: unknown): boolean {
  return error instanceof QuicksilverError && error.code === 'changed-while-reading';
}

function isOld(identity: FileIdentity | undefined, now: bigint): boolean {
  return identity === undefined || identity.ctimeNs + RACY_NS <= now;
}

function sameBytes(a: FileBytes | undefined, b: FileBytes | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.bytes.equals(b.bytes);
}
