// Reads the parents of the working copy and its unfinished operation from Mercurial's files, in the model's terms. The
// model asks on every event, so each result is kept while its files stay the same.
import * as path from 'node:path';
import { toDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { isBranchTip } from '../../mercurial/history/branchTip.ts';
import type { Dirstate } from '../../mercurial/dirstate/dirstate.ts';
import { isRewritten } from '../../mercurial/history/obsolescence.ts';
import { PHASE_ROOTS_FILE, PhaseFinder, readPhaseRoots } from '../../mercurial/history/phases.ts';
import type { MercurialRepository } from '../../mercurial/repository/repository.ts';
import { sameIdentity, type FileIdentity, type Vfs } from '../../files/vfs.ts';
import type { Head } from '../../workingCopy/backend.ts';

type ParentFacts = Pick<Head, 'phase' | 'isObsolete' | 'isBranchTip' | 'closesBranch' | 'drafts'> & {
  readonly branch?: string;
};

/** The state of the files from which something was found out about a parent. */
interface Basis {
  readonly parent: string;
  readonly changelog: FileIdentity | undefined;
  readonly phaseRoots: FileIdentity | undefined;
  readonly markers: FileIdentity | undefined;
}

const NOTHING: ParentFacts = {};
/** An empty obsolescence store is one byte, its version. */
const EMPTY_OBSSTORE_BYTES = 1n;

/** Reads the head of one repository. */
export class HeadReader {
  readonly #vfs: Vfs;
  readonly #repository: MercurialRepository;
  readonly #changelogFile: string;
  readonly #phaseRootsFile: string;
  readonly #markersFile: string;
  #phases: PhaseFinder | undefined;
  #basis: Basis | undefined;
  #facts: ParentFacts = NOTHING;
  #last: Head | undefined;

  constructor(vfs: Vfs, repository: MercurialRepository) {
    this.#vfs = vfs;
    this.#repository = repository;
    this.#changelogFile = path.join(repository.storeDirectory, '00changelog.i');
    this.#phaseRootsFile = path.join(repository.storeDirectory, PHASE_ROOTS_FILE);
    this.#markersFile = path.join(repository.storeDirectory, 'obsstore');
  }

  /** Files of the store, beside the repository's own list, whose change can make another head. */
  get stateFiles(): readonly string[] {
    return [this.#phaseRootsFile];
  }

  /** Returns the previous object if nothing in it changed. */
  read(dirstate: Dirstate): Head {
    const { branch, bookmark, topic } = this.#repository.names();
    const operation = this.#repository.unfinished(dirstate);
    const { branch: parentBranch, ...facts } = this.#parentFacts(dirstate.p1);
    const head: Head = {
      firstParent: dirstate.p1,
      secondParent: dirstate.p2,
      branch,
      bookmark,
      topic,
      operation,
      ...facts,
      ...(parentBranch !== undefined && parentBranch !== branch && { changesBranch: true }),
    };
    if (JSON.stringify(this.#last) !== JSON.stringify(head)) this.#last = head;
    return this.#last!;
  }

  #parentFacts(parent: string): ParentFacts {
    const basis: Basis = {
      parent,
      changelog: this.#vfs.targetIdentity(this.#changelogFile),
      phaseRoots: this.#vfs.targetIdentity(this.#phaseRootsFile),
      markers: this.#vfs.targetIdentity(this.#markersFile),
    };
    const known = this.#basis;
    const isSame =
      known?.parent === parent &&
      sameIdentity(known.changelog, basis.changelog) &&
      sameIdentity(known.phaseRoots, basis.phaseRoots) &&
      sameIdentity(known.markers, basis.markers);
    if (isSame) return this.#facts;
    try {
      this.#facts = this.#findOut(parent, known, basis);
      this.#basis = basis;
    } catch (error) {
      // A status does not need these facts and must not fail because of them: show nothing instead. A file that is
      // being written causes another event when it is complete.
      if (!(error instanceof QuicksilverError)) throw error;
      this.#basis = error.code === 'changed-while-reading' ? undefined : basis;
      this.#facts = NOTHING;
    }
    return this.#facts;
  }

  #findOut(parent: string, known: Basis | undefined, basis: Basis): ParentFacts {
    const { changelog } = this.#repository.store;
    if (!sameIdentity(known?.changelog, basis.changelog)) changelog.revlog.refresh();
    const revision = changelog.findNode(parent);
    if (revision < 0) return NOTHING;
    const roots = readPhaseRoots(this.#vfs, this.#repository.storeDirectory);
    this.#phases ??= new PhaseFinder(changelog);
    const phase = this.#phases.phaseOf(revision, roots);
    // Changesets that are hidden count for nothing; which ones are is not known here.
    const hasMarkers = (basis.markers?.size ?? 0n) > EMPTY_OBSSTORE_BYTES;
    const mayHide = roots.some(root => root.phase > 2) || hasMarkers;
    const changeset = changelog.read(revision);
    const isTip = mayHide ? undefined : isBranchTip(this.#vfs, changelog, this.#cacheDirectory, revision, changeset);
    // A public changeset is never obsolete, whatever markers there are.
    const mayBeObsolete = hasMarkers && phase !== 'public';
    const isObsolete = mayBeObsolete && isRewritten(this.#vfs, this.#repository.storeDirectory, parent) === true;
    const drafts = this.#canPush() ? this.#phases.draftAncestors(revision, roots) : undefined;
    return {
      phase,
      ...(isObsolete && { isObsolete }),
      isBranchTip: isTip,
      closesBranch: changeset.closesBranch,
      branch: toDisplay(changeset.branch),
      drafts,
    };
  }

  /** Without a remote to push to, an unpushed changeset means nothing. */
  #canPush(): boolean {
    const { config } = this.#repository;
    return ['default', 'default-push'].some(name => (config.get('paths', name)?.value ?? '') !== '');
  }

  get #cacheDirectory(): string {
    return path.join(this.#repository.sharedSource ?? this.#repository.hgDirectory, 'cache');
  }
}
