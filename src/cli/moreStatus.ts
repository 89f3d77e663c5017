// The state of an unfinished operation, as `hg status --verbose` adds it to the files.
import type { BytePath } from '../base/bytePath.ts';
import { decodeMergeState, readMergeStateFiles } from '../mercurial/merge/mergeState.ts';
import type { Dirstate } from '../mercurial/dirstate/dirstate.ts';
import type { MercurialRepository } from '../mercurial/repository/repository.ts';
import { unfinishedOperation } from '../mercurial/repository/unfinished.ts';
import type { Operation } from '../base/repositoryState.ts';
import type { LocatedRepository } from './open.ts';

export interface MoreStatus {
  /** Undefined if no operation is unfinished, or the configuration skips it. */
  readonly operation: Operation | undefined;
  /** Paths with conflicts; undefined if Mercurial has no notes on a merge. */
  readonly unresolved: readonly BytePath[] | undefined;
}

/** Operations that Mercurial knows only while their extension is enabled. */
const OF_EXTENSIONS: ReadonlySet<string> = new Set(['histedit', 'rebase', 'transplant']);

const BISECT_ADVICE = [
  'To mark the changeset good:    hg bisect --good',
  'To mark the changeset bad:     hg bisect --bad',
  'To abort:                      hg bisect --reset',
  '',
];

/** Reads the state. Throws what reading the notes on a merge throws. */
export function readMoreStatus(
  place: LocatedRepository,
  repository: MercurialRepository,
  dirstate: Dirstate,
): MoreStatus {
  const { config, hgDirectory } = repository;
  const isKnown = (operation: string): boolean => !OF_EXTENSIONS.has(operation) || config.isExtensionEnabled(operation);
  const operation = unfinishedOperation(place.vfs, hgDirectory, dirstate, isKnown);
  const skipped = (config.get('commands', 'status.skipstates')?.value ?? '').split(/[\s,]+/);
  const merge = decodeMergeState(readMergeStateFiles(place.vfs, hgDirectory), hgDirectory);
  return {
    operation: operation !== undefined && skipped.includes(operation) ? undefined : operation,
    unresolved: merge?.conflicts.filter(({ state }) => state === 'unresolved').map(({ path }) => path),
  };
}

/** Returns how to go on with an operation, in the words of `hg`, one line each. */
export function adviceFor(operation: Operation): readonly string[] {
  if (operation === 'bisect') return BISECT_ADVICE;
  if (operation === 'update') return ['To continue:    hg update .'];
  if (operation === 'merge') return ['To continue:    hg commit', 'To abort:       hg merge --abort'];
  const advice = [`To continue:    hg ${operation} --continue`];
  if (operation !== 'transplant') advice.push(`To abort:       hg ${operation} --abort`);
  const canStop = operation === 'rebase' || operation === 'graft' || operation === 'transplant';
  if (canStop) advice.push(`To stop:        hg ${operation} --stop`);
  return advice;
}

/** Returns the lines that follow the files. Paths are as seen from the current directory. */
export function moreStatusLines({ operation, unresolved }: MoreStatus, show: (path: BytePath) => string): string {
  const lines: string[] = [];
  if (operation !== undefined) lines.push(`# The repository is in an unfinished *${operation}* state.`, '');
  if (unresolved?.length === 0) lines.push('# No unresolved merge conflicts.', '');
  if (unresolved !== undefined && unresolved.length > 0) {
    lines.push('# Unresolved merge conflicts:', '# ', ...unresolved.map(path => `#     ${show(path)}`), '# ');
    lines.push('# To mark files as resolved:  hg resolve --mark FILE', '');
  }
  if (operation !== undefined) {
    lines.push(...adviceFor(operation).map(line => (line === '' ? '' : `# ${line}`)));
    if (lines.at(-1) !== '') lines.push('');
  }
  return lines.map(line => `${line}\n`).join('');
}
