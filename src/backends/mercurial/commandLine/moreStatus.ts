// The state of an unfinished operation, as `hg status --verbose` adds it to the files.
import type { BytePath } from '../../../base/bytePath.ts';
import type { Operation } from '../../../base/repositoryState.ts';
import type { Vfs } from '../../../files/vfs.ts';
import type { Dirstate } from '../../../mercurial/dirstate/dirstate.ts';
import { decodeMergeState, readMergeStateFiles } from '../../../mercurial/merge/mergeState.ts';
import type { MercurialRepository } from '../../../mercurial/repository/repository.ts';
import { unfinishedOperation } from '../../../mercurial/repository/unfinished.ts';

export interface MoreStatus {
  /** Undefined if no operation is unfinished, or the configuration skips it. */
  readonly operation: Operation | undefined;
  /** Paths with conflicts; undefined if Mercurial has no notes on a merge. */
  readonly unresolved: readonly BytePath[] | undefined;
}

/** Operations that Mercurial knows only while their extension is enabled. */
const OF_EXTENSIONS: ReadonlySet<string> = new Set(['histedit', 'rebase', 'transplant']);

/** Reads the state. Throws what reading the notes on a merge throws. */
export function readMoreStatus(vfs: Vfs, repository: MercurialRepository, dirstate: Dirstate): MoreStatus {
  const { config, hgDirectory } = repository;
  const isKnown = (operation: string): boolean => !OF_EXTENSIONS.has(operation) || config.isExtensionEnabled(operation);
  const operation = unfinishedOperation(vfs, hgDirectory, dirstate, isKnown);
  const skipped = (config.get('commands', 'status.skipstates')?.value ?? '').split(/[\s,]+/);
  const merge = decodeMergeState(readMergeStateFiles(vfs, hgDirectory), hgDirectory);
  return {
    operation: operation !== undefined && skipped.includes(operation) ? undefined : operation,
    unresolved: merge?.conflicts.filter(({ state }) => state === 'unresolved').map(({ path }) => path),
  };
}
