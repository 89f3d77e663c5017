// The head of a Git working tree and the operation in progress, in the words of the model. It is read on every event:
// a few small files and stats.
import * as path from 'node:path';
import { toDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Operation, Upstream } from '../../base/repositoryState.ts';
import { textOf } from '../../git/config/gitConfig.ts';
import { isObjectId } from '../../git/objects/objectFormat.ts';
import { distance } from '../../git/refs/aheadBehind.ts';
import type { GitHead } from '../../git/refs/refs.ts';
import { shortReference, upstreamOf, upstreamReference, type GitUpstream } from '../../git/refs/upstream.ts';
import type { GitRepository } from '../../git/repository/repository.ts';
import type { Head } from '../../workingCopy/backend.ts';

/** Commits that are read to count how far a branch and its upstream are apart. */
const MAX_COUNTED = 1000;
const MAX_BYTES = 64 * 1024;
const SHORT_ID = 8;
const HEADS = 'refs/heads/';

/** Files in the Git directory that exist during an operation; the most specific one first. */
const OPERATION_FILES: readonly (readonly [name: string, operation: Operation])[] = [
  ['rebase-apply/applying', 'applyPatches'],
  ['rebase-apply', 'rebase'],
  ['rebase-merge', 'rebase'],
  ['CHERRY_PICK_HEAD', 'cherryPick'],
  ['REVERT_HEAD', 'revert'],
  ['MERGE_HEAD', 'merge'],
];

/** Names in the Git directory whose change can make another head. */
export const HEAD_FILES: ReadonlySet<string> = new Set([
  'HEAD',
  'BISECT_LOG',
  'sequencer',
  ...OPERATION_FILES.map(([name]) => name.split('/')[0]!),
]);

/** The heads that the other side of a conflict may be of. */
const OTHER_HEADS = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'REBASE_HEAD'];

/** Reads the head of one repository. */
export class GitHeadReader {
  readonly #repository: GitRepository;
  #distance: { readonly key: string; readonly counts: Pick<Upstream, 'ahead' | 'behind'> } | undefined;
  #upstreamName: { readonly upstream: GitUpstream; readonly name: string } | undefined;
  #last: Head | undefined;

  constructor(repository: GitRepository) {
    this.#repository = repository;
  }

  /** Returns the same object as the last time if nothing of it changed. */
  read(head: GitHead): Head {
    const { format } = this.#repository;
    const none = '0'.repeat(format.length * 2);
    const read: Head = {
      firstParent: head.id ?? none,
      secondParent: this.otherHead(['MERGE_HEAD']) ?? none,
      branch: branchText(head),
      bookmark: undefined,
      topic: undefined,
      operation: this.#operation(),
      upstream: this.#upstream(head),
    };
    if (JSON.stringify(this.#last) !== JSON.stringify(read)) this.#last = read;
    return this.#last!;
  }

  /** The commit that the working tree is being merged with; undefined if there is none. */
  otherHead(names: readonly string[] = OTHER_HEADS): string | undefined {
    const { vfs, gitDirectory, format } = this.#repository;
    for (const name of names) {
      const found = vfs.read(path.join(gitDirectory, name), MAX_BYTES)?.bytes.toString('latin1').split('\n')[0];
      if (found !== undefined && isObjectId(format, found)) return found;
    }
    return undefined;
  }

  /** The whole name of the reference that the current branch follows; undefined if there is none. */
  upstreamReference({ branch }: GitHead): string | undefined {
    const { config, refs } = this.#repository;
    return branch?.startsWith(HEADS) === true ? upstreamReference(config, refs, branch.slice(HEADS.length)) : undefined;
  }

  #operation(): Operation | undefined {
    const { vfs, gitDirectory } = this.#repository;
    const isThere = (name: string): boolean => vfs.lstat(path.join(gitDirectory, name)) !== undefined;
    const found = OPERATION_FILES.find(([name]) => isThere(name));
    if (found !== undefined) return found[1];
    // Between two commits of a sequence there is only the list of those to come.
    const todo = vfs.read(path.join(gitDirectory, 'sequencer', 'todo'), MAX_BYTES)?.bytes.toString('latin1');
    if (todo !== undefined) return todo.startsWith('revert') ? 'revert' : 'cherryPick';
    return isThere('BISECT_LOG') ? 'bisect' : undefined;
  }

  #upstream(head: GitHead): Upstream | undefined {
    if (head.branch?.startsWith(HEADS) !== true) return undefined;
    const { config, refs } = this.#repository;
    const upstream = upstreamOf(config, refs, head.branch.slice(HEADS.length));
    if (upstream === undefined) return undefined;
    const { id: theirs } = upstream;
    const name = this.#nameOf(upstream);
    if (theirs === undefined || head.id === undefined) return { name, ahead: undefined, behind: undefined };
    const key = `${head.id} ${theirs}`;
    if (this.#distance?.key !== key) this.#distance = { key, counts: this.#count(head.id, theirs) };
    return { name, ...this.#distance.counts };
  }

  /** Asked on every event, so the other references are searched for the name only if the upstream changes. */
  #nameOf(upstream: GitUpstream): string {
    const known = this.#upstreamName;
    if (known?.upstream.ref === upstream.ref && known.upstream.id === upstream.id) return known.name;
    const name = textOf(shortReference(this.#repository.refs, upstream.ref));
    this.#upstreamName = { upstream, name };
    return name;
  }

  /** Whatever is wrong with older commits, a status does not need them. */
  #count(ours: string, theirs: string): Pick<Upstream, 'ahead' | 'behind'> {
    try {
      const found = distance(ours, theirs, this.#repository.ancestry(), MAX_COUNTED);
      return { ahead: found?.ahead, behind: found?.behind };
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      return { ahead: undefined, behind: undefined };
    }
  }
}

/** The short name of the branch; of a detached head, the beginning of its commit. */
function branchText({ branch, id }: GitHead): string {
  if (branch === undefined) return (id ?? '').slice(0, SHORT_ID);
  return toDisplay(branch.startsWith(HEADS) ? branch.slice(HEADS.length) : branch);
}
