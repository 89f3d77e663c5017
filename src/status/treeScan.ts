// The walk over a working copy, directory by directory. Each step visits one directory, so that a caller can pause,
// stop or interleave other work. Every method takes its sink, and keeps nothing of a visit for the next one.
import type { BytePath } from '../base/bytePath.ts';
import type { FileStat } from '../base/fileStat.ts';
import type { VerdictCache } from './contentComparison.ts';
import {
  DirectoryVisit,
  type ClaimsDirectory,
  type Frame,
  type ListedName,
  type ScanContext,
  type ScanOptions,
} from './directoryVisit.ts';
import { IgnoreVerdicts } from './ignoreVerdicts.ts';
import type { NodeId, StatusInput, StatusSink } from './types.ts';
import type { WorkingTree } from './workingTree.ts';

export class TreeScan {
  readonly #frames: Frame[] = [];
  readonly #context: ScanContext;

  constructor(input: StatusInput, options: ScanOptions, tree: WorkingTree, verdicts: VerdictCache) {
    const ignored = new IgnoreVerdicts(input.ignore, options.ignored === 'all');
    this.#context = { input, options, tree, verdicts, ignored, queue: frame => this.#frames.push(frame) };
  }

  /**
   * Queues a directory, everything below it included. The caller vouches that it is a directory of this working copy:
   * no component of its path is a symbolic link or another repository's.
   * @param ignored whether the directory itself, or one above it, is ignored
   */
  addDirectory(path: BytePath, ignored: boolean): void {
    this.#frames.push({ path, node: this.#context.input.statCache.find(path), ignored });
  }

  /** Returns the paths of the queued directories. */
  get pending(): BytePath[] {
    return this.#frames.map(frame => frame.path);
  }

  /** The directory that the next step would visit. */
  get next(): BytePath | undefined {
    return this.#frames.at(-1)?.path;
  }

  /** Drops the next directory. */
  skip(): void {
    this.#frames.pop();
  }

  /** Visits one directory and returns its path; undefined when no directory is left. */
  step(sink: StatusSink): BytePath | undefined {
    const frame = this.#frames.pop();
    if (frame === undefined) return undefined;
    this.#visit(sink, undefined, visit => visit.directory(frame));
    return frame.path;
  }

  /**
   * Visits only the given names of one directory. The caller knows that the other recorded names are clean, or
   * directories with a visit of their own. The caller vouches as for {@link addDirectory}.
   * @param ignored whether the directory, or one above it, is ignored; not asked where it does not matter
   * @param claims whether the caller handles a recorded sub-directory that turns up; else it is queued
   */
  listed(
    path: BytePath,
    names: readonly ListedName[],
    ignored: () => boolean,
    claims: ClaimsDirectory,
    sink: StatusSink,
  ): void {
    this.#visit(sink, claims, visit => visit.listed(path, names, ignored));
  }

  /** Handles one directory of which the caller knows that it is another repository. */
  nested(path: BytePath, node: NodeId, sink: StatusSink): void {
    this.#visit(sink, undefined, visit => visit.nested(path, node));
  }

  /** Handles one directory of which the caller knows nothing. It claims sub-directories as for {@link listed}. */
  unlisted(path: BytePath, node: NodeId, ignored: boolean, claims: ClaimsDirectory, sink: StatusSink): void {
    this.#visit(sink, claims, visit => visit.directory({ path, node, ignored }));
  }

  /**
   * Reports the status of one path, whatever it is now: a file, a directory (which is queued), or missing. The caller
   * guarantees that the directories above it belong to the working copy, as for {@link addDirectory}.
   *
   * @param above whether a directory above it is ignored; read only where it matters
   */
  examine(path: BytePath, stat: FileStat | undefined, above: { readonly inIgnored: boolean }, sink: StatusSink): void {
    this.#visit(sink, undefined, visit => visit.examine(path, stat, above));
  }

  /**
   * Reports only the recorded names at and below a path, for paths in excluded directories. A directory is queued. The
   * caller guarantees that the directories above the path belong to the working copy.
   */
  examineRecorded(path: BytePath, stat: FileStat | undefined, sink: StatusSink): void {
    this.#visit(sink, undefined, visit => visit.examineRecorded(path, stat));
  }

  /** Everything recorded at `node` and below it is not on disk as far as status is concerned. */
  absent(path: BytePath, node: NodeId, sink: StatusSink): void {
    this.#visit(sink, undefined, visit => visit.absent(path, node));
  }

  #visit(sink: StatusSink, claims: ClaimsDirectory | undefined, work: (visit: DirectoryVisit) => void): void {
    const visit = new DirectoryVisit(this.#context, sink, claims);
    work(visit);
    visit.finish();
  }
}
