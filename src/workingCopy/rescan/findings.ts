// The context of a rescan, and its findings in one directory or at one path.
import { baseName, type BytePath } from '../../base/bytePath.ts';
import type { QuicksilverError } from '../../base/errors.ts';
import type { FileStat } from '../../base/fileStat.ts';
import type { VerdictCache } from '../../status/contentComparison.ts';
import {
  NO_NODE,
  type NodeId,
  type Status,
  type StatusInput,
  type StatusSink,
  type WorkCounters,
} from '../../status/types.ts';
import { IGNORED_DIRECTORY, plainEntry, type Entry, type StatusTree } from '../statusTree.ts';
import type { UndecidedPaths } from './undecidedPaths.ts';

/** Shared by all rescans of one working copy. */
export interface RescanContext {
  readonly input: StatusInput;
  readonly tree: StatusTree;
  readonly verdicts: VerdictCache;
  readonly outcome: WorkCounters;
  /** Tracked paths whose status came from their content: it depends on the base revision. May hold some too many. */
  readonly unsure: Set<BytePath>;
  readonly undecided: UndecidedPaths;
  readonly nestedRepositories: Set<BytePath>;
  /** A directory is about to be read. `fresh`: it may be another one than the last time, whatever its name. */
  readonly onDirectory: (path: BytePath, fresh: boolean) => void;
  readonly onUnreadable: (path: BytePath, code: string) => void;
}

/** Collects what one visit finds, so that the status tree can take it over as a whole. */
export class Findings implements StatusSink {
  readonly entries = new Map<BytePath, Entry>();
  /** Names of the sub-directories that belong to the working copy. */
  readonly entered = new Set<string>();
  /** True if the directory belongs to the working copy and was read. */
  listed = false;
  readonly #context: RescanContext;
  readonly #fresh: boolean;

  /** @param fresh whether directories met on the way may have been replaced by others since they were last read */
  constructor(context: RescanContext, fresh: boolean) {
    this.#context = context;
    this.#fresh = fresh;
  }

  entry(path: BytePath, status: Status, node: NodeId): void {
    if (status === 'clean') return;
    const source = node === NO_NODE ? undefined : this.#context.input.statCache.copySource(node);
    this.entries.set(path, source === undefined ? plainEntry(status) : { status, source });
  }

  ignoredDirectory(path: BytePath): void {
    // A tracked file that an ignored directory has replaced stays missing.
    if (!this.entries.has(path)) this.entries.set(path, IGNORED_DIRECTORY);
  }

  directory(path: BytePath): void {
    this.listed = true;
    this.#context.nestedRepositories.delete(path);
  }

  subdirectory(path: BytePath): void {
    this.entered.add(baseName(path));
    this.#context.onDirectory(path, this.#fresh);
  }

  nestedRepository(path: BytePath): void {
    this.#context.nestedRepositories.add(path);
  }

  /** Watched only: nothing in it has a status. */
  controlDirectory(path: BytePath): void {
    this.subdirectory(path);
  }

  unsure(path: BytePath): void {
    this.#context.unsure.add(path);
  }

  undecided(path: BytePath, node: NodeId, why: QuicksilverError, stat: FileStat): void {
    const answer = this.#context.undecided.answer(path, stat);
    if (answer !== undefined) {
      this.entry(path, answer, node);
      return;
    }
    this.#context.undecided.add(path, stat);
    this.entries.set(path, { status: 'modified', undecided: `May be modified: ${why.message}` });
  }
}
