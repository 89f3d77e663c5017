// The scan of a unit in JavaScript, for a thread of its own: what native/scan.c does, with the same result. Nothing is
// decided here but "surely clean"; it works on the columns alone and makes no object for a file.
import * as fs from 'node:fs';
import { bytePath, compareBytes, isAscii, joinPath, toFsPath, type BytePath } from '../../base/bytePath.ts';
import { systemErrorCode } from '../../base/errors.ts';
import type { StatColumns } from '../types.ts';
import { mayBeClean, provesClean } from './cleanRule.ts';
import { NO_DIRECTORY, type DirectoryIndex, type ScanPlan, type Unit } from './plan.ts';
import {
  ABSENT,
  DIRECTORY,
  LINK,
  NESTED,
  NO_CHILD,
  OTHER,
  PARTIAL,
  REGULAR,
  WHOLE,
  type UnitResult,
} from './unitResult.ts';

/** Everything that a thread needs to scan units. Threads can share or copy all of it. */
export interface UnitWork {
  /** Absolute path of the working copy. */
  readonly root: string;
  readonly control: string;
  /** True if a control directory makes another repository of a directory. */
  readonly nests: boolean;
  readonly columns: StatColumns;
  readonly plan: Pick<ScanPlan, 'nodes' | 'parents' | 'skip'>;
}

const LSTAT_OPTIONS = { bigint: true, throwIfNoEntry: false } as const;

/** Scans the units of one plan, one at a time. */
export class UnitScan {
  readonly #work: UnitWork;
  readonly #names: Buffer;
  #words = new Uint32Array(256);
  #wordCount = 0;
  #extras: string[] = [];
  #extraLength = 0;
  /** The path before an ASCII name in the current directory. */
  #prefix: string | undefined;
  #stats = 0;
  #directoriesRead = 0;
  /** By node: true if this unit found it to be a directory. The disk decides for nodes of other units. */
  #isDirectory = new Map<number, boolean>();

  constructor(work: UnitWork) {
    this.#work = work;
    const { names } = work.columns;
    this.#names = Buffer.from(names.buffer, names.byteOffset, names.byteLength);
  }

  /**
   * Scans each directory of a unit. Never throws for a problem on disk: an unreadable directory is reported as 'whole'.
   */
  scan({ from, to }: Unit): UnitResult {
    this.#wordCount = this.#extraLength = this.#stats = this.#directoriesRead = 0;
    this.#extras = [];
    this.#isDirectory = new Map();
    for (let place = from; place < to; place++) {
      if (this.#work.plan.skip[place] === 1 || !this.#leadsTo(place)) this.#tell(place, WHOLE);
      else this.#directory(place);
    }
    return {
      words: this.#words.slice(0, this.#wordCount),
      names: Uint8Array.from(Buffer.from(this.#extras.join(''), 'latin1')),
      stats: this.#stats,
      directoriesRead: this.#directoriesRead,
    };
  }

  /** True if a path and all above it are directories: nothing is read through a symbolic link. */
  #leadsTo(place: DirectoryIndex): boolean {
    const { parents, nodes } = this.#work.plan;
    const node = nodes[place]!;
    const known = this.#isDirectory.get(node);
    if (known !== undefined) return known;
    const parent = parents[place]!;
    const answer =
      parent === NO_DIRECTORY ||
      (this.#leadsTo(parent) && this.#lstat(toFsPath(this.#work.root, this.#path(node)))?.isDirectory() === true);
    this.#isDirectory.set(node, answer);
    return answer;
  }

  #directory(place: DirectoryIndex): void {
    const { columns, plan, control, nests } = this.#work;
    const node = plan.nodes[place]!;
    const isRoot = plan.parents[place] === NO_DIRECTORY;
    const path = this.#path(node);
    const where = toFsPath(this.#work.root, path);
    this.#prefix = typeof where === 'string' ? `${where}/` : undefined;
    let items: fs.Dirent[];
    try {
      items = fs.readdirSync(where, { withFileTypes: true, encoding: 'latin1' });
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      this.#tell(place, WHOLE);
      return;
    }
    this.#directoriesRead++;
    if (!isRoot && nests && items.some(item => item.name === control && item.isDirectory())) {
      this.#tell(place, NESTED);
      return;
    }
    items.sort((a, b) => compareBytes(a.name, b.name));
    const start = this.#wordCount;
    this.#tell(place, PARTIAL);
    let count = 0;
    let child = columns.firstChild[node]!;
    const end = child + columns.childCount[node]!;
    let childName = child < end ? this.#name(child) : undefined;
    for (const item of items) {
      const { name } = item;
      while (childName !== undefined && childName < name) {
        count += this.#absent(child);
        childName = ++child < end ? this.#name(child) : undefined;
      }
      const isRecorded = childName === name;
      const match = child;
      if (isRecorded) childName = ++child < end ? this.#name(child) : undefined;
      if (name === control && (isRoot || !nests)) continue;
      const kind = item.isFile() ? REGULAR : item.isDirectory() ? DIRECTORY : item.isSymbolicLink() ? LINK : OTHER;
      if (!isRecorded) count += this.#extra(name, kind);
      else if (!this.#isAsRecorded(match, kind, path, name)) count += this.#put(match, kind, 0);
    }
    for (; child < end; child++) count += this.#absent(child);
    if (count === 0) this.#wordCount = start;
    else this.#words[start + 2] = count;
  }

  #isAsRecorded(node: number, kind: number, directory: BytePath, name: string): boolean {
    const { columns } = this.#work;
    const flags = columns.flags[node]!;
    const isEntry = (flags & columns.rule.entry) !== 0;
    if (kind === DIRECTORY) {
      if (columns.childCount[node] !== 0) this.#isDirectory.set(node, true);
      return !isEntry;
    }
    if (!isEntry || columns.childCount[node] !== 0 || (kind !== REGULAR && kind !== LINK)) return false;
    if (!mayBeClean(columns, flags)) return false;
    // Most names need no conversion to bytes, and the directory's path is put before them as it is.
    const stat = this.#lstat(
      this.#prefix !== undefined && isAscii(name)
        ? this.#prefix + name
        : toFsPath(this.#work.root, joinPath(directory, name)),
    );
    return stat !== undefined && provesClean(columns, node, flags, stat);
  }

  #absent(node: number): number {
    return this.#put(node, ABSENT, 0);
  }

  #extra(name: string, kind: number): number {
    this.#extras.push(name);
    this.#extraLength += name.length;
    return this.#put(NO_CHILD, kind | (name.length << 3), this.#extraLength - name.length);
  }

  #tell(place: DirectoryIndex, what: number): void {
    this.#put(place, what, 0);
  }

  #put(first: number, second: number, third: number): number {
    if (this.#wordCount + 3 > this.#words.length) {
      const words = new Uint32Array(this.#words.length * 2);
      words.set(this.#words);
      this.#words = words;
    }
    this.#words[this.#wordCount++] = first;
    this.#words[this.#wordCount++] = second;
    this.#words[this.#wordCount++] = third;
    return 1;
  }

  /** Returns undefined if the path is missing or cannot be stat'ed. */
  #lstat(path: string | Buffer): fs.BigIntStats | undefined {
    this.#stats++;
    try {
      return fs.lstatSync(path, LSTAT_OPTIONS);
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      return undefined;
    }
  }

  #name(node: number): string {
    const { pathOffset, pathLength, baseStart } = this.#work.columns;
    const offset = pathOffset[node]!;
    return this.#names.toString('latin1', offset + baseStart[node]!, offset + pathLength[node]!);
  }

  #path(node: number): BytePath {
    const { pathOffset, pathLength } = this.#work.columns;
    const offset = pathOffset[node]!;
    return bytePath(this.#names.toString('latin1', offset, offset + pathLength[node]!));
  }
}
