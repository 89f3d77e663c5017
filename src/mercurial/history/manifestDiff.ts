// Compares two manifests. Flat manifests are merged in one pass over their bytes that skips equal blocks. A directory
// of tree manifests is not read if both sides have the same node.
import { bytePath, isAtOrBelow, type BytePath } from '../../base/bytePath.ts';
import {
  directoryCounter,
  type FileFlag,
  type ManifestEntry,
  type ManifestLine,
  type ManifestText,
} from '../store/manifest.ts';
import type { ManifestTexts } from '../store/store.ts';

export interface ManifestDiffOptions {
  /** Only what is at or below these; everything if undefined. */
  readonly paths?: readonly BytePath[] | undefined;
  /**
   * Report files that are equal on both sides, too. As in Mercurial, a tree manifest's directory with the same node on
   * both sides is left out if all of it is selected. So it need not be read.
   */
  readonly equal?: boolean | undefined;
  /** True if what the paths select is selected by patterns as well: then no directory counts as selected as a whole. */
  readonly hasPatterns?: boolean | undefined;
  /** True of directories that count as different although they have the same node. */
  readonly isChanged?: ((directory: BytePath) => boolean) | undefined;
}

/** A path that exists on at least one side. The order is undefined. */
export type ManifestDiffSink = (
  path: BytePath,
  before: ManifestEntry | undefined,
  after: ManifestEntry | undefined,
) => void;

/** Reports every file that differs; undefined is an empty manifest. Throws 'corrupt' for a damaged manifest. */
export function diffManifests(
  before: ManifestTexts | undefined,
  after: ManifestTexts | undefined,
  options: ManifestDiffOptions,
  sink: ManifestDiffSink,
): void {
  const diff = new ManifestDiff(options, sink);
  if (before?.isTree !== true && after?.isTree !== true) diff.flat(before, after);
  else diff.tree(before, after);
}

/** The smallest block worth comparing as one, and the largest. */
const MIN_BLOCK = 256;
const MAX_BLOCK = 1 << 18;

const LINE_FEED = 0x0a;
const SLASH = 0x2f;

type Side = ManifestEntry | undefined;

class ManifestDiff {
  readonly #paths: readonly BytePath[] | undefined;
  readonly #equal: boolean;
  readonly #options: ManifestDiffOptions;
  readonly #sink: ManifestDiffSink;

  constructor(options: ManifestDiffOptions, sink: ManifestDiffSink) {
    this.#paths = options.paths === undefined || options.paths.includes(bytePath('')) ? undefined : options.paths;
    this.#equal = options.equal ?? false;
    this.#options = options;
    this.#sink = sink;
  }

  flat(before: ManifestTexts | undefined, after: ManifestTexts | undefined): void {
    if (!this.#equal && before?.node === after?.node) return;
    const a = before?.read('', before.node);
    const b = after?.read('', after.node);
    this.#flatTexts(a, b);
  }

  tree(before: ManifestTexts | undefined, after: ManifestTexts | undefined): void {
    // A repository that got trees later has full paths in its old manifests; those cannot be compared by directories.
    const isOld = (texts: ManifestTexts | undefined): boolean =>
      texts?.read('', texts.node).bytes.includes(SLASH) ?? false;
    if (before?.node === after?.node && this.#passesOver(bytePath(''))) return;
    if (isOld(before) || isOld(after)) {
      const a = new Map(this.#files(before));
      for (const [path, entry] of this.#files(after)) {
        this.#report(path, a.get(path), entry);
        a.delete(path);
      }
      for (const [path, entry] of a) this.#report(path, entry, undefined);
      return;
    }
    const pending: [directory: string, before: string | undefined, after: string | undefined][] = [
      ['', before?.node, after?.node],
    ];
    const visit = directoryCounter();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      visit();
      const [directory, beforeNode, afterNode] = next;
      const lines = mergeLines(
        beforeNode === undefined ? undefined : before?.read(directory, beforeNode),
        afterNode === undefined ? undefined : after?.read(directory, afterNode),
      );
      for (const [name, a, b] of lines) {
        const path = bytePath(directory === '' ? name : `${directory}/${name}`);
        const aDirectory = a?.flag === 't' ? a.node : undefined;
        const bDirectory = b?.flag === 't' ? b.node : undefined;
        if (this.#isSelected(path)) this.#report(path, asFile(a), asFile(b));
        if (aDirectory === undefined && bDirectory === undefined) continue;
        if (!this.#isOnTheWay(path) || (aDirectory === bDirectory && this.#passesOver(path))) continue;
        pending.push([path, aDirectory, bDirectory]);
      }
    }
  }

  #flatTexts(a: ManifestText | undefined, b: ManifestText | undefined): void {
    if (this.#paths === undefined) {
      this.#merge(a, 0, a?.byteLength ?? 0, b, 0, b?.byteLength ?? 0);
      return;
    }
    for (const path of withoutNested(this.#paths)) {
      // Between a file and what is below a directory of its name there may be others: 'a', 'a-b', 'a/b'.
      this.#report(path, fileIn(a, path), fileIn(b, path));
      const [aFrom, aTo] = below(a, path);
      const [bFrom, bTo] = below(b, path);
      this.#merge(a, aFrom, aTo, b, bFrom, bTo);
    }
  }

  /** Merges two ranges of lines. */
  #merge(
    a: ManifestText | undefined,
    aFrom: number,
    aTo: number,
    b: ManifestText | undefined,
    bFrom: number,
    bTo: number,
  ): void {
    let atA = aFrom;
    let atB = bFrom;
    let block = MIN_BLOCK;
    while (a !== undefined && b !== undefined && atA < aTo && atB < bTo) {
      if (!this.#equal) {
        const size = Math.min(block, aTo - atA, bTo - atB);
        if (a.bytes.compare(b.bytes, atB, atB + size, atA, atA + size) === 0) {
          const last = a.bytes.lastIndexOf(LINE_FEED, atA + size - 1);
          block = Math.min(block * 2, MAX_BLOCK);
          if (last >= atA) {
            atB += last + 1 - atA;
            atA = last + 1;
            continue;
          }
        } else if (block > MIN_BLOCK) {
          block = Math.max(MIN_BLOCK, block >> 3);
          continue;
        }
      }
      const lineA = a.bounds(atA);
      const lineB = b.bounds(atB);
      const order = a.bytes.compare(b.bytes, atB, lineB.nul, atA, lineA.nul);
      if (order < 0) this.#tellLine(a, atA, undefined, 0);
      else if (order > 0) this.#tellLine(undefined, 0, b, atB);
      else this.#tellLine(a, atA, b, atB);
      if (order <= 0) atA = lineA.end + 1;
      if (order >= 0) atB = lineB.end + 1;
    }
    while (a !== undefined && atA < aTo) atA = this.#tellLine(a, atA, undefined, 0);
    while (b !== undefined && atB < bTo) atB = this.#tellLine(undefined, 0, b, atB);
  }

  /** Returns where the next line begins. */
  #tellLine(a: ManifestText | undefined, atA: number, b: ManifestText | undefined, atB: number): number {
    let path = '';
    let next = 0;
    const entry = (text: ManifestText | undefined, at: number): Side => {
      if (text === undefined) return undefined;
      const { nul, end } = text.bounds(at);
      path = text.path(at, nul);
      next = end + 1;
      return text.fileWithin(path, nul, end);
    };
    const before = entry(a, atA);
    const after = entry(b, atB);
    this.#report(bytePath(path), before, after);
    return next;
  }

  #report(path: BytePath, before: Side, after: Side): void {
    if (before === undefined && after === undefined) return;
    if (!this.#equal && before?.node === after?.node && before?.flag === after?.flag) return;
    this.#sink(path, before, after);
  }

  /** All files of a manifest that has directories as texts, or full paths, or both. */
  *#files(texts: ManifestTexts | undefined): Generator<[BytePath, ManifestEntry]> {
    const pending: [string, string][] = texts === undefined ? [] : [['', texts.node]];
    const visit = directoryCounter();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      visit();
      const [directory, node] = next;
      for (const [name, line] of texts!.read(directory, node).lines()) {
        const path = bytePath(directory === '' ? name : `${directory}/${name}`);
        const file = asFile(line);
        if (file === undefined) {
          if (this.#isOnTheWay(path)) pending.push([path, line.node]);
        } else if (this.#isSelected(path)) {
          yield [path, file];
        }
      }
    }
  }

  /** True if nothing needs a report in a directory that has the same node on both sides. */
  #passesOver(directory: BytePath): boolean {
    if (!this.#equal) return true;
    const { hasPatterns, isChanged } = this.#options;
    return this.#isSelected(directory) && hasPatterns !== true && isChanged?.(directory) !== true;
  }

  #isSelected(path: BytePath): boolean {
    return this.#paths?.some(given => isAtOrBelow(path, given)) ?? true;
  }

  /** True if a directory is selected, or has something selected below it. */
  #isOnTheWay(directory: BytePath): boolean {
    return this.#paths?.some(given => isAtOrBelow(directory, given) || isAtOrBelow(given, directory)) ?? true;
  }
}

/** The lines of two texts side by side, by name. */
function* mergeLines(
  a: ManifestText | undefined,
  b: ManifestText | undefined,
): Generator<[string, ManifestLine | undefined, ManifestLine | undefined]> {
  const linesA = a?.lines();
  const linesB = b?.lines();
  let nextA = linesA?.next();
  let nextB = linesB?.next();
  for (;;) {
    const lineA = nextA?.done === false ? nextA.value : undefined;
    const lineB = nextB?.done === false ? nextB.value : undefined;
    if (lineA !== undefined && (lineB === undefined || lineA[0] <= lineB[0])) {
      const both = lineB?.[0] === lineA[0];
      yield [lineA[0], lineA[1], both ? lineB[1] : undefined];
      nextA = linesA!.next();
      if (both) nextB = linesB!.next();
    } else if (lineB !== undefined) {
      yield [lineB[0], undefined, lineB[1]];
      nextB = linesB!.next();
    } else {
      return;
    }
  }
}

function asFile(line: ManifestLine | undefined): Side {
  return line === undefined || line.flag === 't' ? undefined : { node: line.node, flag: line.flag satisfies FileFlag };
}

function fileIn(text: ManifestText | undefined, path: BytePath): Side {
  return asFile(text?.find(path));
}

/** The range of the lines below a directory. The character after '/' is '0'. */
function below(text: ManifestText | undefined, directory: BytePath): [number, number] {
  return text === undefined ? [0, 0] : [text.lowerBound(`${directory}/`), text.lowerBound(`${directory}0`)];
}

/** Each path once, and none that lies below another. */
function withoutNested(paths: readonly BytePath[]): BytePath[] {
  const all = [...new Set(paths)];
  return all.filter(path => !all.some(other => other !== path && isAtOrBelow(path, other)));
}
