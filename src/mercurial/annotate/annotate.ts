// Finds for each line of a file the changeset that brought it, as `hg annotate` does. The rules come from comparing
// answers with it: test/differential/annotate.test.ts.
import { fileRevisionAt, Introductions, keyOf, parentsOf } from './fileRevisions.ts';
import type { FileHistorySource, FileRevision, IntroducedRevision } from './fileRevisions.ts';
import { LineCache } from './lineCache.ts';
import { LineTable } from './lineTable.ts';
import { matchBlocks, type Blocks } from './matchBlocks.ts';
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
  return yield* new Walk(source, options, new Introductions(source, uncommitted.changesets)).runText(uncommitted);
}

/** Lines that are not attributed yet: their index in the result, and where they are in a file revision, from 0. */
class OpenLines {
  results: Int32Array;
  lines: Int32Array;
  count = 0;

  constructor(capacity: number) {
    this.results = new Int32Array(capacity);
    this.lines = new Int32Array(capacity);
  }

  static all(count: number): OpenLines {
    const open = new OpenLines(count);
    for (let line = 0; line < count; line++) open.add(line, line);
    return open;
  }

  /** Empty lines in the same arrays. */
  reused(): OpenLines {
    const open = new OpenLines(0);
    open.results = this.results;
    open.lines = this.lines;
    return open;
  }

  add(result: number, line: number): void {
    if (this.count === this.results.length) {
      const capacity = Math.max(16, this.count * 2);
      const grown = new OpenLines(capacity);
      grown.results.set(this.results);
      grown.lines.set(this.lines);
      this.results = grown.results;
      this.lines = grown.lines;
    }
    this.results[this.count] = result;
    this.lines[this.count++] = line;
  }
}

class Walk {
  readonly #source: FileHistorySource;
  readonly #options: AnnotateOptions;
  readonly #introductions: Introductions;
  readonly #table = new LineTable();
  readonly #steps = new Map<string, Step>();

  constructor(source: FileHistorySource, options: AnnotateOptions, introductions: Introductions) {
    this.#source = source;
    this.#options = options;
    this.#introductions = introductions;
  }

  *run(file: FileRevision, changeset: number): Generator<void, Annotation> {
    const first = this.#explore(file, changeset);
    return yield* this.#attribute(first, undefined);
  }

  *runText({ text, parents, changesets }: UncommittedText): Generator<void, Annotation> {
    const steps = parents.map(file => this.#explore(file, this.#introductions.atOrBelow(file, changesets)));
    const first: Step = { file: undefined, parents: steps, child: undefined, changeset: -1, open: new OpenLines(0) };
    return yield* this.#attribute(first, text);
  }

  /** Finds everything that a file revision was made from, depth first, the last parent first. */
  #explore(file: FileRevision, changeset: number): Step {
    const followsCopies = this.#options.followsCopies ?? true;
    interface Open {
      readonly file: FileRevision;
      readonly changeset: number;
    }
    const found = new Map<string, { readonly open: Open; readonly parents: readonly FileRevision[] }>();
    const stack: Open[] = [{ file, changeset }];
    for (let open = stack.pop(); open !== undefined; open = stack.pop()) {
      const key = keyOf(open.file);
      if (found.has(key) || this.#steps.has(key)) continue;
      const parents = parentsOf(this.#source, open.file, followsCopies);
      found.set(key, { open, parents });
      for (const parent of parents) {
        if (found.has(keyOf(parent))) continue;
        stack.push({ file: parent, changeset: this.#introductions.below(parent, open.changeset) });
      }
    }
    for (const [key, { open }] of found) {
      this.#steps.set(key, { ...open, parents: [], child: undefined, open: new OpenLines(0) });
    }
    for (const [key, { parents }] of found) {
      const step = this.#steps.get(key)!;
      step.parents = parents.map(parent => this.#steps.get(keyOf(parent))!);
    }
    return this.#steps.get(keyOf(file))!;
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
      const isSkipped = step.file !== undefined && (skips?.(this.#changesetOf(step)) ?? false);
      const child = linesOf(step);
      const maps = step.parents.map(parent => this.#lineMap(linesOf(parent), child, isSkipped, count));
      // The arrays go on to an only parent, which puts its lines before those that were read already.
      const isHandedOn = step.parents.length === 1 && step.parents[0]!.open.count === 0;
      if (isHandedOn) step.parents[0]!.open = open.reused();
      let own = -1;
      for (let i = 0; i < open.count; i++) {
        const result = open.results[i]!;
        const line = open.lines[i]!;
        let at = maps.length - 1;
        while (at >= 0 && maps[at]!.kept[line]! < 0) at--;
        let target = at < 0 ? -1 : maps[at]!.kept[line]!;
        if (at < 0 && isSkipped) {
          at = maps.findIndex(map => map.longer[line]! >= 0);
          if (at >= 0) target = maps[at]!.longer[line]!;
          else {
            at = maps.findIndex(map => map.shorter[line]! >= 0);
            if (at >= 0) target = maps[at]!.shorter[line]!;
          }
          if (at >= 0) skipped[result] = 1;
        }
        if (at >= 0) {
          step.parents[at]!.open.add(result, target);
          continue;
        }
        lineNumbers[result] = line + 1;
        left--;
        if (step.file === undefined) continue;
        if (own < 0) own = revisions.push({ ...step.file, changeset: this.#changesetOf(step) }) - 1;
        sources[result] = own;
      }
      step.open = new OpenLines(0);
      yield;
    }
    return { sources, lineNumbers, skipped, revisions };
  }

  /** The changeset as seen from the child through which the second walk came. */
  #changesetOf({ file, child, changeset }: Step): number {
    if (file === undefined || child?.file === undefined) return changeset;
    return this.#introductions.below(file, child.changeset);
  }

  /** @param least the lines that the map has at least */
  #lineMap(parent: Int32Array, child: Int32Array, isSkipped: boolean, least: number): LineMap {
    const blocks = matchBlocks(parent, child, this.#table.size);
    const length = Math.max(child.length, least);
    const kept = new Int32Array(length).fill(-1);
    for (let at = 0; at < blocks.length; at += 4) {
      const shift = blocks[at]! - blocks[at + 2]!;
      for (let line = blocks[at + 2]!; line < blocks[at + 3]!; line++) kept[line] = line + shift;
    }
    return isSkipped
      ? { kept, ...replacedLines(blocks, parent.length, child.length, length) }
      : { kept, longer: kept, shorter: kept };
  }
}

/** For each line of the child a line of the parent, or -1. */
interface LineMap {
  /** The equal line. */
  readonly kept: Int32Array;
  /** For a line in a changed block that was at least as long before: the line at the same place of it. */
  readonly longer: Int32Array;
  /** For a line in a block that was shorter before: the line at the same place, or the last one up to its end. */
  readonly shorter: Int32Array;
}

function replacedLines(
  blocks: Blocks,
  parentLength: number,
  childLength: number,
  length: number,
): Omit<LineMap, 'kept'> {
  const longer = new Int32Array(length).fill(-1);
  const shorter = new Int32Array(length).fill(-1);
  let a1 = 0;
  let b1 = 0;
  for (let at = 0; at <= blocks.length; at += 4) {
    const a2 = blocks[at] ?? parentLength;
    const b2 = blocks[at + 2] ?? childLength;
    const map = a2 - a1 >= b2 - b1 ? longer : shorter;
    // Lines inserted before the first one go to the last line of the parent, as Mercurial has it.
    const last = a2 === 0 ? parentLength - 1 : a2 - 1;
    for (let line = b1; line < b2; line++) map[line] = Math.min(a2 === 0 ? last : a1 + line - b1, last);
    a1 = blocks[at + 1] ?? parentLength;
    b1 = blocks[at + 3] ?? childLength;
  }
  return { longer, shorter };
}
