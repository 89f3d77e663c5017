// Annotations of files for an editor. Typing asks for the same file again and again, so the annotation of the committed
// version stays, and an unsaved text costs one comparison.
import { fromDisplay, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { BoundedCache } from '../../base/boundedCache.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { standinOf } from '../../mercurial/repository/largefiles.ts';
import { annotateRevision, annotateText, type Annotation } from '../../mercurial/annotate/annotate.ts';
import { fileRevisionAt, Introductions, keyOf, parentsOf } from '../../mercurial/annotate/fileRevisions.ts';
import type { FileHistorySource, FileRevision, IntroducedRevision } from '../../mercurial/annotate/fileRevisions.ts';
import { LineTable } from '../../mercurial/annotate/lineTable.ts';
import { matchBlocks } from '../../mercurial/annotate/matchBlocks.ts';
import { comparableText, countLines, type WhitespaceOptions } from '../../mercurial/annotate/whitespace.ts';
import { workingStart } from '../../mercurial/annotate/workingFile.ts';
import type { HistoryModel } from '../../mercurial/history/historyModel.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import type { AnnotateQuery, FileAnnotation, MissingReason } from '../../workingCopy/historyQueries.ts';
import { AnnotatedChangesets } from './annotatedChangesets.ts';
import type { MercurialBackend } from './mercurialBackend.ts';
import { workingText } from './workingTexts.ts';

/** Larger files are annotated when a user asks for it. */
const MAX_BYTES = 20 << 20;
const MAX_LINES = 30_000;
const MAX_CACHED = 64;
/** Changesets between a known annotation and one that is made from it. */
const MAX_DERIVED = 16;
const MAX_CACHED_BYTES = 32 << 20;
const MAX_TEXTS = 8;
const MAX_TEXT_BYTES = 8 << 20;

/** A version of a file, and how it is annotated. */
interface Version {
  readonly source: FileHistorySource;
  readonly changeset: number;
  readonly file: FileRevision;
  readonly whitespace: WhitespaceOptions;
  readonly skipped: ReadonlySet<number>;
  /** The key in the cache. */
  readonly keyOf: (changeset: number, file: FileRevision) => string;
}

export class Annotations {
  readonly #backend: MercurialBackend;
  readonly #cache = new BoundedCache<Annotation>(
    MAX_CACHED,
    MAX_CACHED_BYTES,
    ({ sources, revisions }) => sources.length * 9 + revisions.length * 200,
  );
  readonly #changesets = new AnnotatedChangesets();
  /** The numbers of revisions in the cache are those of this model at this time. */
  #numbered: { readonly model: HistoryModel; readonly numbering: number } | undefined;
  /** Texts of the versions that working files were made from. */
  readonly #texts = new BoundedCache<Buffer>(MAX_TEXTS, MAX_TEXT_BYTES, text => text.length);
  /** Annotations that were made by a walk through the history, and not found in the cache. */
  walks = 0;

  /** Changesets of annotations that were put together: those of an annotation that is asked for again are known. */
  get changesetsMade(): number {
    return this.#changesets.made;
  }

  constructor(backend: MercurialBackend) {
    this.#backend = backend;
  }

  *annotate(snapshot: Snapshot, model: HistoryModel, query: AnnotateQuery): Generator<void, FileAnnotation> {
    const { numbering } = model;
    if (this.#numbered?.model !== model || this.#numbered.numbering !== numbering) this.#cache.clear();
    this.#numbered = { model, numbering };
    const source = this.#backend.history(snapshot).fileHistory();
    const path = fromDisplay(query.path);
    const whitespace = this.#whitespace(snapshot, query);
    const skipped = revisionsOf(model, query.skip);
    const flags = JSON.stringify([whitespace, [...skipped].sort((a, b) => a - b)]);
    const keyAt = (at: number, version: FileRevision): string => `${model.node(at)} ${keyOf(version)} ${flags}`;
    const options = { whitespace, skips: (changeset: number) => skipped.has(changeset) };
    if (query.node !== undefined) {
      const changeset = model.revisionOf(query.node);
      const file = changeset < 0 ? undefined : fileRevisionAt(source, path, changeset);
      if (file === undefined) return missing(source, path, changeset, `'${query.path}' is not in that changeset.`);
      const text = file.filelog.content(file.revision);
      const problem = problemOf(text, query);
      if (problem !== undefined) return problem;
      const annotation = yield* this.#kept(
        { source, changeset, file, whitespace, skipped, keyOf: keyAt },
        function* () {
          return (yield* annotateRevision(source, path, changeset, options))!;
        },
      );
      return this.#changesets.answer(source, model, annotation);
    }
    const start = workingStart(source, this.#backend.dirstate(snapshot), model.workingParents, path);
    const parents = { path, parents: start.files, changesets: start.changesets };
    if (parents.parents.length === 0) {
      return missing(source, path, model.workingParents[0], `'${query.path}' is not in the parent changeset.`);
    }
    const text = this.#workingText(snapshot, query, path);
    if (!Buffer.isBuffer(text)) return text;
    const problem = problemOf(text, query);
    if (problem !== undefined) return problem;
    const [only, ...others] = parents.parents;
    if (only === undefined || others.length > 0) {
      return this.#changesets.answer(source, model, yield* annotateText(source, { text, ...parents }, options));
    }
    const before = this.#textOf(only);
    const [changeset] = parents.changesets;
    const steps = (): Generator<void, Annotation> => annotateText(source, { text: before, ...parents }, options);
    const base =
      changeset === undefined || parents.changesets.length > 1
        ? yield* steps()
        : yield* this.#kept({ source, changeset, file: only, whitespace, skipped, keyOf: keyAt }, steps);
    return this.#changesets.answer(source, model, carriedOver(base, before, text, whitespace));
  }

  *#kept(version: Version, walk: () => Generator<void, Annotation>): Generator<void, Annotation> {
    const key = version.keyOf(version.changeset, version.file);
    let annotation = this.#cache.get(key);
    if (annotation === undefined) {
      annotation = this.#derived(version);
      if (annotation === undefined) {
        this.walks++;
        annotation = yield* walk();
      }
      this.#cache.set(key, annotation);
    }
    return annotation;
  }

  /**
   * Makes the annotation from a known one of the same file, some changesets before. Returns undefined if a merge, a
   * rename or a changeset to pass over lies between.
   */
  #derived({ source, changeset, file, whitespace, skipped, keyOf: keyAt }: Version): Annotation | undefined {
    const changes: IntroducedRevision[] = [];
    let at = changeset;
    let current = file;
    for (let step = 0; step < MAX_DERIVED; step++) {
      const [parent, other] = source.graph.parents(at);
      const before = parent === undefined ? undefined : fileRevisionAt(source, file.path, parent);
      if (parent === undefined || other !== undefined || before === undefined) return undefined;
      if (before.revision !== current.revision) {
        const [from, ...more] = parentsOf(source, current, true);
        const isPlain = from !== undefined && more.length === 0 && keyOf(from) === keyOf(before);
        if (!isPlain || skipped.has(at)) return undefined;
        if (new Introductions(source, [at]).atOrBelow(current, [at]) !== at) return undefined;
        changes.unshift({ ...current, changeset: at });
      }
      const known = this.#cache.get(keyAt(parent, before));
      if (known !== undefined) {
        let annotation = known;
        let text = this.#textOf(before);
        for (const change of changes) {
          const next = this.#textOf(change);
          annotation = carriedOver(annotation, text, next, whitespace, change);
          text = next;
        }
        return annotation;
      }
      at = parent;
      current = before;
    }
    return undefined;
  }

  #textOf({ path, filelog, revision }: FileRevision): Buffer {
    const key = `${filelog.revlog.entry(revision).node.toString('hex')} ${path}`;
    let text = this.#texts.get(key);
    if (text === undefined) this.#texts.set(key, (text = filelog.content(revision)));
    return text;
  }

  /** The settings of Mercurial count, as for `hg annotate`. */
  #whitespace(snapshot: Snapshot, { ignoresWhitespace }: AnnotateQuery): WhitespaceOptions {
    if (ignoresWhitespace === true) return { all: true, amount: false, endOfLine: false };
    const config = this.#backend.config(snapshot);
    const asked = (setting: string): boolean => config.boolean('annotate', setting, false);
    return { all: asked('ignorews'), amount: asked('ignorewsamount'), endOfLine: asked('ignorewseol') };
  }

  #workingText(snapshot: Snapshot, query: AnnotateQuery, path: BytePath): Buffer | FileAnnotation {
    const { path: shown } = query;
    try {
      return workingText(this.#backend, snapshot, path, query);
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      if (error.code === 'unsupported') return none('filtered', `'${shown}' has no annotation. ${error.message}`);
      if (error.code !== 'io') throw error;
      return none('unreadable', `'${shown}' cannot be read.`);
    }
  }
}

function revisionsOf(model: HistoryModel, nodes: readonly string[]): Set<number> {
  const revisions = new Set<number>();
  for (const node of nodes) {
    if (!/^[0-9a-f]{12,40}$/.test(node)) continue;
    const revision = node.length === 40 ? model.revisionOf(node) : model.revisionOfPrefix(node);
    if (revision >= 0) revisions.add(revision);
  }
  return revisions;
}

function problemOf(text: Buffer, { path, force }: AnnotateQuery): FileAnnotation | undefined {
  if (text.includes(0)) return none('binary', `'${path}' is a binary file.`);
  if (force === true) return undefined;
  let lines = 0;
  for (let at = text.indexOf(0x0a); at >= 0 && lines <= MAX_LINES; at = text.indexOf(0x0a, at + 1)) lines++;
  const isLarge = text.length > MAX_BYTES || lines > MAX_LINES;
  return isLarge ? none('large', `'${path}' is large. Annotate it by the command.`) : undefined;
}

/** A large file has a stand-in instead. */
function missing(source: FileHistorySource, path: BytePath, changeset: number, message: string): FileAnnotation {
  const isLarge = changeset >= 0 && source.manifest(changeset).find(standinOf(path)) !== undefined;
  if (!isLarge) return none('not-in-history', message);
  return none('large', `'${toDisplay(path)}' is a large file. The history has its hashes, and no lines.`);
}

function none(reason: MissingReason, message: string): FileAnnotation {
  return { kind: 'none', reason, message };
}

/**
 * Gives the lines that a text took over from another one their annotation there.
 * @param own the revision that the text is, for all other lines; without it, they are not committed
 */
function carriedOver(
  base: Annotation,
  before: Buffer,
  text: Buffer,
  whitespace: WhitespaceOptions,
  own?: IntroducedRevision,
): Annotation {
  const table = new LineTable();
  const parent = table.number(comparableText(before, whitespace));
  const child = table.number(comparableText(text, whitespace));
  const blocks = matchBlocks(parent, child, table.size);
  const count = countLines(text);
  const sources = new Int32Array(count).fill(own === undefined ? -1 : base.revisions.length);
  const lineNumbers = Int32Array.from({ length: count }, (_, line) => line + 1);
  const skipped = new Uint8Array(count);
  for (let at = 0; at < blocks.length; at += 4) {
    const shift = blocks[at]! - blocks[at + 2]!;
    for (let line = blocks[at + 2]!; line < blocks[at + 3]!; line++) {
      sources[line] = base.sources[line + shift]!;
      lineNumbers[line] = base.lineNumbers[line + shift]!;
      skipped[line] = base.skipped[line + shift]!;
    }
  }
  const revisions = own === undefined ? base.revisions : [...base.revisions, own];
  return { sources, lineNumbers, skipped, revisions };
}
