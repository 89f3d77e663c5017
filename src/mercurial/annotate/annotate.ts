// Finds for each line of a file the changeset that brought it, as `hg annotate` does. The rules come from comparing
// answers with it: test/differential/annotate.test.ts.
import type { BytePath } from '../../base/bytePath.ts';
import { fileRevisionAt, Introductions, keyOf, parentsOf } from './fileRevisions.ts';
import type { FileHistorySource, FileRevision, IntroducedRevision } from './fileRevisions.ts';
import { LineCache } from './lineCache.ts';
import { LineTable } from './lineTable.ts';
import { matchBlocks, MatchMemory } from './matchBlocks.ts';
import { OpenLines } from './openLines.ts';
import { passOnSkipped } from './skippedLines.ts';
import type { WhitespaceOptions } from './whitespace.ts';
import { countLines, KEEP_WHITESPACE } from './whitespace.ts';

export interface AnnotateOptions {
  /** False to stop at renames and copies. */
  readonly followsCopies?: boolean;
  readonly whitespace?: WhitespaceOptions;
  /** True for changesets whose changes are attributed to what was there before. Takes a changelog revision. */
  readonly skips?: (changeset: number) => boolean;
}

/** A text that is in no changeset, with what it was made from. */
export interface UncommittedText {
  readonly path: BytePath;
  readonly text: Buffer;
  /** The later ones count more. */
  readonly parents: readonly FileRevision[];
  /** The changesets that these are of. */
  readonly changesets: readonly number[];
}

/** Columns with one item a line. */
export interface Annotation {
  /** Index in {@link revisions}; -1 for a line that is not committed. */
  readonly sources: Int32Array;
  /** Where the line was in that revision, from 1. */
  readonly lineNumbers: Int32Array;
  /** 1 for a line that was attributed past a skipped changeset. */
  readonly skipped: Uint8Array;
  readonly revisions: readonly IntroducedRevision[];
}

/** A file revision, and the changeset that brought it as seen from the one that led to it. */
interface Found {
  readonly file: FileRevision;
  readonly changeset: number;
}

/** A file revision on the way, or (as the first of all) the text that is annotated. */
interface Step {
  readonly file: FileRevision | undefined;
  parents: readonly Step[];
  /** Where the search for the changeset begins: the changeset of the child that leads here. */
  child: Step | undefined;
  /** The changeset as seen from the child that led here first. */
  readonly changeset: number;
  /** Lines that came this far. */
  open: OpenLines;
}

/**
 * Annotates the file at `path` in a changeset; undefined if there is none. Yields after each file revision, so that the
 * caller can interrupt the work, and returns the annotation.
 *
 * Throws what reading the store throws, and 'unsupported' for a file with too many lines.
 */
export function* annotateRevision(
  source: FileHistorySource,
  path: FileRevision['path'],
  changeset: number,
  options: AnnotateOptions = {},
): Generator<void, Annotation | undefined> {
  const file = fileRevisionAt(source, path, changeset);
  if (file === undefined) return undefined;
  const base = new Introductions(source, [changeset]).atOrBelow(file, [changeset]);
  return yield* new Walk(source, options, new Introductions(source, [base])).run(file, base);
}

/** Annotates a text that is in no changeset, the working file for one. Yields as {@link annotateRevision} does. */
export function* annotateText(
  source: FileHistorySource,
  uncommitted: UncommittedText,
  options: AnnotateOptions = {},
): Generator<void, Annotation> {
  const { path, text, parents, changesets } = uncommitted;
  const introductions = new Introductions(source, changesets);
  const introduced = parents.map(file => ({ ...file, changeset: introductions.atOrBelow(file, changesets) }));
  // As in Mercurial, linkrevs count that are ancestors of these changesets, not of the parents of the working copy.
  const bases = introduced.map(file => file.changeset);
  const { followsCopies = true } = options;
  const followed = followsCopies ? introduced : introduced.filter(file => file.path === path);
  return yield* new Walk(source, options, new Introductions(source, bases)).runText(text, followed);
}

class Walk {
  readonly #source: FileHistorySource;
  readonly #options: AnnotateOptions;
  readonly #introductions: Introductions;
  readonly #table = new LineTable();
  readonly #memory = new MatchMemory();
  readonly #steps = new Map<string, Step>();

  constructor(source: FileHistorySource, options: AnnotateOptions, introductions: Introductions) {
    this.#source = source;
    this.#options = options;
    this.#introductions = introductions;
  }

  *run(file: FileRevision, changeset: number): Generator<void, Annotation> {
    this.#explore([{ file, changeset }]);
    return yield* this.#attribute(this.#steps.get(keyOf(file))!, undefined);
  }

  *runText(text: Buffer, parents: readonly IntroducedRevision[]): Generator<void, Annotation> {
    this.#explore(parents.map(({ changeset, ...file }) => ({ file, changeset })));
    const steps = parents.map(file => this.#steps.get(keyOf(file))!);
    const first: Step = { file: undefined, parents: steps, child: undefined, changeset: -1, open: new OpenLines() };
    return yield* this.#attribute(first, text);
  }

  /**
   * Finds file revisions and everything that they were made from, depth first, the last one first. The order counts:
   * a file revision gets its changeset as seen from the one that leads to it first.
   */
  #explore(heads: readonly Found[]): void {
    const followsCopies = this.#options.followsCopies ?? true;
    const found = new Map<string, { readonly open: Found; readonly parents: readonly FileRevision[] }>();
    const stack = [...heads];
    for (let open = stack.pop(); open !== undefined; open = stack.pop()) {
      const key = keyOf(open.file);
      if (found.has(key)) continue;
      const parents = parentsOf(this.#source, open.file, followsCopies);
      found.set(key, { open, parents });
      for (const parent of parents) {
        if (found.has(keyOf(parent))) continue;
        stack.push({ file: parent, changeset: this.#introductions.below(parent, open.changeset) });
      }
    }
    for (const [key, { open }] of found) {
      this.#steps.set(key, { ...open, parents: [], child: undefined, open: new OpenLines() });
    }
    for (const [key, { parents }] of found) {
      const step = this.#steps.get(key)!;
      step.parents = parents.map(parent => this.#steps.get(keyOf(parent))!);
    }
  }

  /** Steps in an order in which each comes after those that were made from it. */
  #newestFirst(first: Step): Step[] {
    const done = new Set<Step>();
    const order: Step[] = [];
    const stack: { readonly step: Step; readonly child: Step | undefined }[] = [{ step: first, child: undefined }];
    while (stack.length > 0) {
      const { step, child } = stack.at(-1)!;
      if (done.has(step)) {
        stack.pop();
        continue;
      }
      const before = stack.length;
      for (const parent of step.parents) if (!done.has(parent)) stack.push({ step: parent, child: step });
      if (stack.length > before) continue;
      stack.pop();
      step.child = child;
      done.add(step);
      order.push(step);
    }
    return order.reverse();
  }

  *#attribute(first: Step, text: Buffer | undefined): Generator<void, Annotation> {
    const order = this.#newestFirst(first);
    const { whitespace = KEEP_WHITESPACE, skips } = this.#options;
    const files = order.map(({ file }) => file).filter(file => file !== undefined);
    const cache = new LineCache(this.#table, whitespace, files);
    const linesOf = (step: Step): Int32Array =>
      step.file === undefined ? cache.linesOf(text!) : cache.lines(step.file);
    // Without its white space, a last line without a line break is none: no other version can have it.
    const whole = (): Buffer => text ?? first.file!.filelog.content(first.file!.revision);
    const count = whitespace === KEEP_WHITESPACE ? linesOf(first).length : countLines(whole());
    const sources = new Int32Array(count).fill(-1);
    const lineNumbers = new Int32Array(count);
    const skipped = new Uint8Array(count);
    const revisions: IntroducedRevision[] = [];
    first.open = OpenLines.all(count);
    let left = count;
    for (const step of order) {
      if (left === 0) break;
      const { open } = step;
      if (open.count === 0) continue;
      const child = linesOf(step);
      const blocks = step.parents.map(parent => matchBlocks(linesOf(parent), child, this.#table.size, this.#memory));
      // The later parents count more.
      let rest = open;
      for (let at = blocks.length - 1; at >= 0; at--) rest = rest.divide(blocks[at]!, step.parents[at]!.open);
      if (step.file !== undefined && rest.count > 0 && skips?.(this.#changesetOf(step)) === true) {
        const parents = step.parents.map((parent, at) => ({
          blocks: blocks[at]!,
          length: linesOf(parent).length,
          open: parent.open,
        }));
        rest = passOnSkipped(rest, parents, child.length, result => (skipped[result] = 1));
      }
      const own = step.file === undefined || rest.count === 0 ? -1 : revisions.length;
      if (own >= 0) revisions.push({ ...step.file!, changeset: this.#changesetOf(step) });
      rest.each((result, line, length) => {
        for (let at = 0; at < length; at++) lineNumbers[result + at] = line + at + 1;
        sources.fill(own, result, result + length);
        left -= length;
      });
      step.open = new OpenLines();
      yield;
    }
    return { sources, lineNumbers, skipped, revisions };
  }

  /** The changeset as seen from the child through which the second walk came. */
  #changesetOf({ file, child, changeset }: Step): number {
    if (file === undefined || child?.file === undefined) return changeset;
    return this.#introductions.below(file, child.changeset);
  }
}
