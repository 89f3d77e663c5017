// All changesets of a repository, ready to be shown: ancestry, phases, names, hidden and unstable ones. After a commit
// or a pull the model reads only the part of the index that was appended.
import * as path from 'node:path';
import { createHash } from 'node:crypto';
import type { ChangesetSummary, Phase } from '../../base/repositoryState.ts';
import { fromDisplay, toDisplay } from '../../base/bytePath.ts';
import { BoundedCache } from '../../base/boundedCache.ts';
import { sameIdentity, type FileIdentity, type Vfs } from '../../files/vfs.ts';
import { summaryOf } from '../merge/pendingMerge.ts';
import { bookmarksFile, readNames, type WorkingCopyNames } from '../repository/names.ts';
import type { RepositoryLayout } from '../repository/requirements.ts';
import type { Changeset } from '../store/changelog.ts';
import type { Store } from '../store/store.ts';
import { GraphView } from './graphView.ts';
import { cacheDirectoryOf, History } from './history.ts';
import { BranchMask } from './branchMask.ts';
import { KnownBranches } from './knownBranches.ts';
import { revisionMask, type HistoryFilter, markRelevant } from './historyFilter.ts';
import { CONTENT_DIVERGENT, instabilities, OBSOLETE, ORPHAN, PHASE_DIVERGENT, readMarkers } from './obsolescence.ts';
import { locateRoots, PHASE_ROOTS_FILE, phaseName, phasesOfAll, readPhaseRoots } from './phases.ts';

export interface HistoryModelOptions {
  readonly vfs: Vfs;
  readonly layout: RepositoryLayout;
  readonly store: Store;
  /** True if hidden changesets are as the others are. */
  readonly showsHidden?: boolean;
}

/** A changeset as a row of a list. */
export interface HistoryRow extends ChangesetSummary {
  /** Revisions: none, one or two. */
  readonly parents: readonly number[];
  readonly phase: Phase;
  readonly instabilities: readonly ('orphan' | 'phase-divergent' | 'content-divergent')[];
  readonly isObsolete: boolean;
  readonly isHidden: boolean;
  /** Only of a changeset that is not public. */
  readonly topic?: string;
  readonly tags: readonly string[];
  readonly bookmarks: readonly string[];
  readonly isWorkingParent: boolean;
}

/** The work done so far. Tests assert exact numbers. */
export interface HistoryCounters {
  /** Index entries whose parents were read. */
  entries: number;
  /** Texts of changesets that were read for what a list shows of them. */
  texts: number;
  /** Texts that were read for branches, because Mercurial's caches did not have them. */
  branchTexts: number;
  /** Graphs that were laid out. */
  layouts: number;
}

/** Revisions that are read before others have a turn. */
const SLICE = 1 << 15;
/** Revisions at the end. If their nodes are the same, the index has only grown. */
const TAIL = 4096;
const MAX_TEXTS = 4000;

/** A changeset, and what a list shows of it. */
interface Described {
  readonly changeset: Changeset;
  readonly summary: ChangesetSummary;
}

const NONE: readonly never[] = [];

type Names = ReadonlyMap<number, readonly string[]>;

/** The state at one moment. */
interface Facts {
  readonly history: History;
  readonly workingParents: readonly [number, number];
  readonly working: WorkingCopyNames;
  readonly phases: Uint8Array;
  readonly instabilities: Uint8Array;
  readonly hidden: ReadonlySet<number>;
  readonly bookmarks: Names;
}

export class HistoryModel {
  /** Another number after each time that something changed. */
  generation = 0;
  /** Another number after each time that revisions may have got other numbers: after a strip, but not a commit. */
  numbering = 0;
  readonly #options: HistoryModelOptions;
  readonly #read = { entries: 0, texts: 0, layouts: 0 };
  /** Two for each revision; the array may be longer. */
  #parents: Int32Array = new Int32Array(0);
  #count = 0;
  /** Hash of the nodes at the end, when the parents were read. */
  #tail = '';
  #basis: readonly (FileIdentity | string | undefined)[] = [];
  #facts: Facts | undefined;
  readonly #tags: { shown: Names | undefined; all: Names | undefined } = { shown: undefined, all: undefined };
  readonly #texts = new BoundedCache<Described>(MAX_TEXTS, Infinity, () => 1);

  #branches: KnownBranches | undefined;
  /** The search for the current branch, in this state of the history. */
  #mask: BranchMask | undefined;

  constructor(options: HistoryModelOptions) {
    this.#options = options;
  }

  get counters(): HistoryCounters {
    return { ...this.#read, branchTexts: this.#branches?.texts ?? 0 };
  }

  /** True if {@link load} would find nothing new with the same parents of the working copy. */
  get isCurrent(): boolean {
    const [p1, p2] = this.#basis;
    return typeof p1 === 'string' && typeof p2 === 'string' && sameBasis(this.#readBasis([p1, p2]), this.#basis);
  }

  /** Number of changesets, hidden ones too. */
  get count(): number {
    return this.#count;
  }

  /** Two for each revision, -1 for none. */
  get parents(): Int32Array {
    return this.#parents.subarray(0, this.#count * 2);
  }

  /** Throws 'usage' before the first {@link load}. */
  get history(): History {
    return this.#known().history;
  }

  /** The revisions of the working copy's parents, -1 for none. */
  get workingParents(): readonly [number, number] {
    return this.#known().workingParents;
  }

  /**
   * Brings everything up to date, in steps between which the caller may do other things; returns true if something
   * changed. Throws what reading the store throws; then all is as it was.
   *
   * @param parents the nodes of the working copy's parents, 40 zeros for none
   */
  *load(parents: readonly [string, string]): Generator<void, boolean> {
    const basis = this.#readBasis(parents);
    if (this.#facts !== undefined && sameBasis(basis, this.#basis)) return false;
    const { vfs, layout, store, showsHidden = false } = this.#options;
    const { changelog } = store;
    changelog.revlog.refresh();
    const count = changelog.revlog.length;
    const hasGrown = this.#count > 0 && count >= this.#count && this.#tailOf(this.#count) === this.#tail;
    if (!hasGrown) {
      this.#texts.clear();
      this.#branches = undefined;
      this.numbering++;
      // Filelogs name changesets by number, too.
      store.refresh();
    }
    const all = count * 2 > this.#parents.length || !hasGrown ? new Int32Array(count * 2 + SLICE) : this.#parents;
    const from = hasGrown ? this.#count : 0;
    if (hasGrown && all !== this.#parents) all.set(this.#parents.subarray(0, from * 2));
    for (let first = from; first < count; first += SLICE) {
      const some = Math.min(SLICE, count - first);
      all.set(changelog.revlog.parents(first, some), first * 2);
      this.#read.entries += some;
      yield;
    }
    const knownBranches = (this.#branches ??= new KnownBranches(vfs, changelog, cacheDirectoryOf(layout)));
    const history = new History({ vfs, layout, store, parents, showsHidden, knownBranches });
    const roots = readPhaseRoots(vfs, layout.storeDirectory);
    const phases = phasesOfAll(changelog, all, count, roots);
    yield;
    const markers = readMarkers(vfs, layout.storeDirectory);
    const node = (revision: number): string => changelog.revlog.entry(revision).node.toString('latin1');
    const locate = (nodes: ReadonlySet<string>): Map<string, number> => {
      const hex = [...nodes].map(bytes => Buffer.from(bytes, 'latin1').toString('hex'));
      const found = locateRoots(changelog, hex);
      return new Map([...found].map(([text, at]) => [Buffer.from(text, 'hex').toString('latin1'), at]));
    };
    const unstable = instabilities({ count, parents: all, phases, node, locate }, markers);
    yield;
    const hidden = history.hidden();
    const bookmarks = namesByRevision(this.#located(history.bookmarks()));
    const working = readNames(vfs, layout);
    const workingParents = history.parents();
    this.#parents = all;
    this.#count = count;
    this.#tail = this.#tailOf(count);
    this.#basis = basis;
    this.#facts = {
      history,
      workingParents,
      working,
      phases,
      instabilities: unstable,
      hidden,
      bookmarks,
    };
    this.#tags.shown = this.#tags.all = undefined;
    this.#mask = undefined;
    this.generation++;
    return true;
  }

  phaseOf(revision: number): Phase {
    return phaseName(this.#known().phases[revision] ?? 0) ?? 'public';
  }

  isHidden(revision: number): boolean {
    return this.#known().hidden.has(revision);
  }

  /** The node of a revision, hexadecimal. */
  node(revision: number): string {
    return this.#known().history.node(revision);
  }

  /** The revision with a node (40 hexadecimal digits); -1 if there is none. */
  revisionOf(node: string): number {
    const revision = this.#options.store.changelog.findNode(node);
    return revision < this.#count ? revision : -1;
  }

  /** The revision whose node alone begins with these hexadecimal digits; -1 if there is none, or several. */
  revisionOfPrefix(digits: string): number {
    const [first, ...others] = this.#options.store.changelog.revlog.findPrefix(digits, 2);
    return first === undefined || others.length > 0 || first >= this.#count ? -1 : first;
  }

  /** Number of changesets whose nodes begin with these hexadecimal digits; two stand for more. */
  countOfPrefix(digits: string): number {
    return this.#options.store.changelog.revlog.findPrefix(digits, 2).length;
  }

  /** The text of a changeset, which stays for some time. */
  changeset(revision: number): Changeset {
    return this.#described(revision).changeset;
  }

  /** The part of a row that stays, whatever else happens to the repository. */
  summary(revision: number): ChangesetSummary {
    return this.#described(revision).summary;
  }

  /** Runs `work`, which reads many changesets: the files are opened once for all of them. */
  keepingOpen<Result>(work: () => Result): Result {
    return this.#options.store.changelog.revlog.keepingOpen(work);
  }

  /** @param withHidden whether the list has hidden changesets, which may add tags */
  row(revision: number, withHidden = false): HistoryRow {
    const { instabilities: bits, hidden, bookmarks, workingParents } = this.#known();
    const { summary } = this.#described(revision);
    const flags = bits[revision] ?? 0;
    const [p1, p2] = [this.#parents[revision * 2]!, this.#parents[revision * 2 + 1]!];
    // Field by field: an annotation makes thousands of rows, and copying the summary takes several times as long.
    const row: HistoryRow = {
      node: summary.node,
      revision,
      user: summary.user,
      time: summary.time,
      timezone: summary.timezone,
      branch: summary.branch,
      closesBranch: summary.closesBranch,
      summary: summary.summary,
      parents: p1 < 0 ? (p2 < 0 ? NONE : [p2]) : p2 < 0 ? [p1] : [p1, p2],
      phase: this.phaseOf(revision),
      instabilities: flags === 0 ? NONE : INSTABILITIES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name),
      isObsolete: (flags & OBSOLETE) !== 0,
      isHidden: hidden.has(revision),
      tags: this.tags(withHidden).get(revision) ?? NONE,
      bookmarks: bookmarks.get(revision) ?? NONE,
      isWorkingParent: workingParents.includes(revision),
    };
    const topic = this.topic(revision);
    return topic === undefined ? row : { ...row, topic };
  }

  /** The topic of a changeset that is not public; undefined without one. */
  topic(revision: number): string | undefined {
    if (this.#known().phases[revision] === 0) return undefined;
    const topic = this.changeset(revision).extra.get('topic');
    return topic === '' ? undefined : topic;
  }

  /** Tags by revision, with 'tip'. */
  tags(withHidden: boolean): Names {
    const key = withHidden ? 'all' : 'shown';
    let tags = this.#tags[key];
    if (tags === undefined) {
      const { history } = this.#known();
      const named = history.tags(withHidden);
      let tip = this.#count - 1;
      while (!withHidden && tip >= 0 && this.isHidden(tip)) tip--;
      if (tip >= 0) named.set('tip', tip);
      this.#tags[key] = tags = namesByRevision(named);
    }
    return tags;
  }

  /** Bookmarks by revision. */
  bookmarks(): Names {
    return this.#known().bookmarks;
  }

  /**
   * Reads the branches that a filter needs, in steps, at most so many texts of changesets. Returns how many changesets
   * are still to be read: until it is 0, {@link view} may lack some.
   */
  *prepare(filter: HistoryFilter, maxTexts: number): Generator<void, number> {
    if (filter.kind !== 'auto') return 0;
    const mask = (this.#mask ??= this.#searchBranch());
    yield* mask.run(maxTexts);
    return mask.left;
  }

  /** Lays out the graph of the changesets that a filter selects. Yields from time to time. */
  *view(filter: HistoryFilter, withHidden: boolean): Generator<void, GraphView> {
    const { history, hidden, phases, workingParents } = this.#known();
    const mask = revisionMask(filter, {
      count: this.#count,
      parents: this.parents,
      phases,
      hidden: withHidden ? new Set() : hidden,
      workingParents,
      relevant: () => (this.#mask ??= this.#searchBranch()).mask(),
    });
    yield;
    yield* history.loadTags(withHidden);
    this.#read.layouts++;
    return yield* GraphView.make(this.#count, this.parents, mask);
  }

  #searchBranch(): BranchMask {
    const { history, phases, working, workingParents } = this.#known();
    const { revlog } = this.#options.store.changelog;
    const known = this.#branches!;
    const marked = working.bookmark === undefined ? undefined : fromDisplay(working.bookmark);
    const node = marked === undefined ? undefined : history.bookmarks().get(marked);
    const bookmark = node === undefined ? -1 : this.revisionOf(node);
    return new BranchMask(
      {
        parents: this.parents,
        branch: fromDisplay(working.branch),
        noHeads: history.noHeads(),
        known,
        // The cache of heads saves texts; comparing it with all changesets costs more than asking the other cache.
        cached: this.#count > 0 && known.has(this.#count - 1) ? undefined : history.cachedHeads,
        keepingOpen: work => revlog.keepingOpen(work),
      },
      markRelevant(this.#count, phases, [...workingParents, bookmark]),
    );
  }

  #described(revision: number): Described {
    const key = String(revision);
    let described = this.#texts.get(key);
    if (described === undefined) {
      const { changelog } = this.#options.store;
      const changeset = changelog.read(revision);
      described = { changeset, summary: summaryOf(changelog, revision, changeset) };
      this.#read.texts++;
      this.#texts.set(key, described);
    }
    return described;
  }

  #located(names: ReadonlyMap<string, string>): Map<string, number> {
    const found = locateRoots(this.#options.store.changelog, names.values());
    const located = new Map<string, number>();
    for (const [name, node] of names) {
      const revision = found.get(node);
      if (revision !== undefined) located.set(name, revision);
    }
    return located;
  }

  #tailOf(count: number): string {
    const { revlog } = this.#options.store.changelog;
    const hash = createHash('sha1');
    const first = Math.max(0, count - TAIL);
    revlog.hashNodes(first, count - first, hash);
    return hash.digest('hex');
  }

  #readBasis(parents: readonly [string, string]): (FileIdentity | string | undefined)[] {
    const { vfs, layout } = this.#options;
    const { hgDirectory, storeDirectory } = layout;
    const files = [
      ...['00changelog.i', PHASE_ROOTS_FILE, 'obsstore'].map(name => path.join(storeDirectory, name)),
      ...['localtags', 'bookmarks.current', 'branch', 'topic'].map(name => path.join(hgDirectory, name)),
      bookmarksFile(vfs, layout),
    ];
    return [...parents, ...files.map(file => vfs.targetIdentity(file))];
  }

  #known(): Facts {
    if (this.#facts === undefined) throw new Error('the history was not loaded');
    return this.#facts;
  }
}

const INSTABILITIES: readonly (readonly [number, HistoryRow['instabilities'][number]])[] = [
  [ORPHAN, 'orphan'],
  [PHASE_DIVERGENT, 'phase-divergent'],
  [CONTENT_DIVERGENT, 'content-divergent'],
];

type Basis = readonly (FileIdentity | string | undefined)[];

function sameBasis(a: Basis, b: Basis): boolean {
  return (
    a.length === b.length &&
    a.every((item, index) => {
      const other = b[index];
      if (typeof item === 'string' || typeof other === 'string') return item === other;
      return sameIdentity(item, other);
    })
  );
}

/** Names (byte strings) as texts, sorted by their bytes. */
function namesByRevision(names: ReadonlyMap<string, number>): Map<number, string[]> {
  const byRevision = new Map<number, string[]>();
  for (const name of [...names.keys()].sort()) {
    const revision = names.get(name)!;
    const known = byRevision.get(revision);
    if (known === undefined) byRevision.set(revision, [toDisplay(name)]);
    else known.push(toDisplay(name));
  }
  return byRevision;
}
