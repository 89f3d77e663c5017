// A manifest: the files of a changeset. Texts may have tens of megabytes, so nothing is made per line: a path is looked
// for in the bytes.
import type { BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';

/** '' an ordinary file, 'x' executable, 'l' symbolic link. */
export type FileFlag = '' | 'l' | 'x';

export interface ManifestEntry {
  /** The file node, hexadecimal. */
  readonly node: string;
  readonly flag: FileFlag;
}

export interface Manifest {
  find(path: BytePath): ManifestEntry | undefined;
  /** All files, in the order of the bytes of their names (in a tree, of each directory's names). */
  entries(): Iterable<[BytePath, ManifestEntry]>;
}

const LINE_FEED = 0x0a;
const HEX_LENGTH = 40;
/** A path is shorter in every file system, and the rest of a line has 43 bytes. */
const MAX_LINE_BYTES = 1 << 17;
/**
 * Directories of a tree that are gone through at once. With links in a store, a few texts can describe a tree that has
 * more directories than could ever be visited.
 */
const MAX_DIRECTORIES = 1 << 18;
/** Names that lead out of the working copy or nowhere, or into Mercurial's own files. */
const IMPOSSIBLE_PATH = /^\.hg(?:\/|$)|(?:^|\/)\.{0,2}(?:\/|$)/;

/** A line of a manifest's text: a file, or in a tree a directory ('t'). */
export interface ManifestLine {
  readonly node: string;
  readonly flag: FileFlag | 't';
}

/** The text of one manifest revision: lines of path, NUL, 40 hexadecimal digits and a flag, ordered by path. */
export class ManifestText {
  readonly #text: Buffer;
  readonly #name: string;
  /** The text has a line that is too long. Looking for its end again would take as long as the text. */
  #hasLongLine = false;

  /** @param name what errors are about */
  constructor(text: Buffer, name: string) {
    this.#text = text;
    this.#name = name;
    if (text.length > 0 && text[text.length - 1] !== LINE_FEED) throw this.#corrupt('its last line has no end');
  }

  get byteLength(): number {
    return this.#text.length;
  }

  /** Costs the logarithm of the number of lines. Throws 'corrupt' if it meets an invalid line. */
  find(path: string): ManifestLine | undefined {
    const at = this.lowerBound(path);
    if (at >= this.#text.length) return undefined;
    const nul = this.#nul(at);
    if (this.#text.toString('latin1', at, nul) !== path) return undefined;
    return this.#line(nul, this.#end(nul));
  }

  /** The text itself, for going through several at once. Do not change it. */
  get bytes(): Buffer {
    return this.#text;
  }

  /** Where the first line begins whose path is not smaller than `path`; the length of the text if there is none. */
  lowerBound(path: string): number {
    const text = this.#text;
    const wanted = Buffer.from(path, 'latin1');
    let low = 0;
    let high = text.length;
    this.#checkLine(0, 0);
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      // The line around the middle; a search from -1 would begin at the end of the buffer.
      const start = middle === 0 ? 0 : text.lastIndexOf(LINE_FEED, middle - 1) + 1;
      this.#checkLine(start, middle);
      const nul = this.#nul(start);
      if (text.compare(wanted, 0, wanted.length, start, nul) < 0) low = this.#end(nul) + 1;
      else high = start;
    }
    return low;
  }

  /** Returns, for the line that begins at `start`, the end of its path and the place of its newline. */
  bounds(start: number): { readonly nul: number; readonly end: number } {
    const nul = this.#nul(start);
    return { nul, end: this.#end(nul) };
  }

  /** The file that a line with these {@link bounds} is about. Throws 'corrupt' if it is no line, or a directory's. */
  fileWithin(path: string, nul: number, end: number): ManifestEntry {
    return fileOf(this.#line(nul, end), path);
  }

  /** The path that stands between two places. Throws 'corrupt' if it cannot be one of a file in a working copy. */
  path(start: number, nul: number): string {
    const path = this.#text.toString('latin1', start, nul);
    if (IMPOSSIBLE_PATH.test(path)) throw this.#corrupt(`${JSON.stringify(path)} cannot be the path of a file`);
    return path;
  }

  /**
   * Returns all lines. Throws 'corrupt' where they are out of order, as Mercurial does. Otherwise a directory that
   * comes many times, with such directories inside, could be walked without end.
   */
  *lines(): Generator<[string, ManifestLine]> {
    let previous = '';
    for (let start = 0; start < this.#text.length;) {
      const nul = this.#nul(start);
      const end = this.#end(nul);
      const path = this.path(start, nul);
      if (path <= previous) throw this.#corrupt(`the path at byte ${start} is out of order`);
      previous = path;
      yield [path, this.#line(nul, end)];
      start = end + 1;
    }
  }

  #nul(start: number): number {
    this.#checkLine(start, start);
    const nul = this.#text.indexOf(0, start);
    this.#checkLine(start, nul < 0 ? this.#text.length : nul);
    if (nul <= start) throw this.#corrupt(`no path at byte ${start}`);
    return nul;
  }

  #end(nul: number): number {
    const end = this.#text.indexOf(LINE_FEED, nul);
    this.#checkLine(nul, end < 0 ? this.#text.length : end);
    if (end < 0) throw this.#corrupt(`no end of the line at byte ${nul}`);
    return end;
  }

  #checkLine(start: number, to: number): void {
    if (to - start > MAX_LINE_BYTES) this.#hasLongLine = true;
    if (this.#hasLongLine) throw this.#corrupt(`a line of more than ${MAX_LINE_BYTES} bytes`);
  }

  #line(nul: number, end: number): ManifestLine {
    const node = this.#text.toString('latin1', nul + 1, nul + 1 + HEX_LENGTH);
    const flag = this.#text.toString('latin1', nul + 1 + HEX_LENGTH, end);
    if (!/^[0-9a-f]{40}$/.test(node) || !isFlag(flag)) throw this.#corrupt(`no node and flag at byte ${nul + 1}`);
    return { node, flag };
  }

  #corrupt(what: string): QuicksilverError {
    return new QuicksilverError('corrupt', `${this.#name}: ${what}`);
  }
}

function isFlag(flag: string): flag is FileFlag | 't' {
  return flag === '' || flag === 'l' || flag === 'x' || flag === 't';
}

/** A manifest whose text has the full paths of all files. */
export class FlatManifest implements Manifest {
  readonly #text: ManifestText;

  constructor(text: ManifestText) {
    this.#text = text;
  }

  find(path: BytePath): ManifestEntry | undefined {
    const line = this.#text.find(path);
    return line && fileOf(line, path);
  }

  *entries(): Generator<[BytePath, ManifestEntry]> {
    for (const [path, line] of this.#text.lines()) yield [path as BytePath, fileOf(line, path)];
  }
}

/** A manifest of which every directory has its own text, read only for the directories on the way to what is asked. */
export class TreeManifest implements Manifest {
  readonly #node: string;
  readonly #read: (directory: string, node: string) => ManifestText;

  /** @param read the text of a directory's manifest; '' is the root */
  constructor(node: string, read: (directory: string, node: string) => ManifestText) {
    this.#node = node;
    this.#read = read;
  }

  find(path: BytePath): ManifestEntry | undefined {
    let node = this.#node;
    for (let start = 0; ;) {
      const text = this.#read(path.slice(0, Math.max(0, start - 1)), node);
      // A repository that got trees later has full paths in its old manifests, and Mercurial reads those too.
      const file = text.find(path.slice(start));
      if (file !== undefined) return file.flag === 't' ? undefined : fileOf(file, path);
      const slash = path.indexOf('/', start);
      const directory = slash < 0 ? undefined : text.find(path.slice(start, slash));
      if (directory?.flag !== 't') return undefined;
      node = directory.node;
      start = slash + 1;
    }
  }

  *entries(): Generator<[BytePath, ManifestEntry]> {
    // A stack of our own: the depth of a repository's directories is the repository's to choose.
    const stack = [this.#read('', this.#node).lines()];
    const directories = [''];
    const visit = directoryCounter();
    for (let lines = stack.at(-1); lines !== undefined; lines = stack.at(-1)) {
      const directory = directories.at(-1)!;
      const next = lines.next();
      if (next.done) {
        stack.pop();
        directories.pop();
        continue;
      }
      const [name, line] = next.value;
      const path = directory === '' ? name : `${directory}/${name}`;
      if (line.flag === 't') {
        visit();
        stack.push(this.#read(path, line.node).lines());
        directories.push(path);
      } else {
        yield [path as BytePath, fileOf(line, path)];
      }
    }
  }
}

/** Returns a function to call for each directory of a tree. It throws 'unsupported' when they become too many. */
export function directoryCounter(): () => void {
  let count = 0;
  return () => {
    if (++count <= MAX_DIRECTORIES) return;
    throw new QuicksilverError(
      'unsupported',
      `a manifest of more than ${MAX_DIRECTORIES} directories is not supported`,
    );
  };
}

/** The manifest of the null revision. */
export const EMPTY_MANIFEST: Manifest = { find: () => undefined, entries: () => [] };

/** The file that a line is about. Throws 'corrupt' if it is a directory's. */
export function fileOf(line: ManifestLine, path: string): ManifestEntry {
  if (line.flag !== 't') return { node: line.node, flag: line.flag };
  throw new QuicksilverError('corrupt', `the manifest has a directory ${JSON.stringify(path)} where a file belongs`);
}
