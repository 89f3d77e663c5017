// What a run consists of: operations that are plain data, so that a run can be recorded, cut down and replayed. Each does
// what can be done of it where it finds itself, and nothing otherwise: whatever was left out before, it is never an error.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { bytePath, joinPath, parentPath, toFsPath, type BytePath } from '../../../src/base/bytePath.ts';
import { systemErrorCode } from '../../../src/base/errors.ts';

/** Which code Mercurial runs on: its C modules, or Python alone, which compares times to the nanosecond. */
export type Policy = 'c' | 'py';

/** Paths, contents and arguments are byte strings; a time is in seconds, and the present where there is none. */
export type Operation =
  | { readonly op: 'write'; readonly path: string; readonly content: string; readonly time?: number }
  | { readonly op: 'edit'; readonly path: string; readonly how: Edit; readonly time?: number }
  | { readonly op: 'touch'; readonly path: string; readonly time?: number }
  | { readonly op: 'chmod'; readonly path: string; readonly mode: number }
  | { readonly op: 'remove' | 'fifo' | 'mkdir'; readonly path: string }
  | { readonly op: 'rename'; readonly path: string; readonly to: string }
  | { readonly op: 'link'; readonly path: string; readonly target: string }
  /** A command; `at` is the repository, below the root. */
  | { readonly op: 'hg'; readonly args: readonly string[]; readonly policy?: Policy; readonly at?: string }
  /** From here on, all happens in that repository beside the first one, or in the first one again (''). */
  | { readonly op: 'enter'; readonly place: string }
  /** Everything is compared. `locked`: in such a way that `hg status` cannot record what it found. */
  | { readonly op: 'check'; readonly paths: readonly string[]; readonly locked: boolean };

/** 'flip' keeps the size, 'same' the content. */
export type Edit = 'append' | 'cut' | 'flip' | 'same';

export type FileOperation = Exclude<Operation, { op: 'hg' | 'enter' | 'check' }>;

/** The errors of a file system that say: that cannot be done here. */
const IMPOSSIBLE = new Set(['EEXIST', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EINVAL', 'ENOENT', 'ENAMETOOLONG', 'ELOOP']);

export function performOnFiles(root: string, operation: FileOperation): void {
  try {
    perform(root, bytePath(operation.path), operation);
  } catch (error) {
    if (!IMPOSSIBLE.has(systemErrorCode(error) ?? '')) throw error;
  }
}

function perform(root: string, target: BytePath, operation: FileOperation): void {
  const at = toFsPath(root, target);
  switch (operation.op) {
    case 'write': {
      const stat = makeRoom(root, target);
      if (stat === 'occupied') return;
      if (stat?.isFile() === false) fs.unlinkSync(at);
      fs.writeFileSync(at, operation.content, 'latin1');
      setTime(at, operation.time);
      return;
    }
    case 'edit': {
      const stat = find(root, target);
      if (stat?.isFile() !== true) return;
      fs.writeFileSync(at, edited(fs.readFileSync(at), operation.how));
      setTime(at, operation.time);
      return;
    }
    case 'touch':
      if (find(root, target)?.isFile() === true) setTime(at, operation.time ?? Date.now() / 1000);
      return;
    case 'chmod':
      if (find(root, target)?.isFile() === true) fs.chmodSync(at, operation.mode);
      return;
    case 'remove':
      if (find(root, target) !== undefined) fs.rmSync(at, { recursive: true });
      return;
    case 'mkdir':
      if (makeRoom(root, target) === undefined) fs.mkdirSync(at);
      return;
    case 'fifo':
      if (makeRoom(root, target) !== undefined) return;
      // A program's arguments cannot be any bytes.
      execFileSync('mkfifo', ['fifo in the making'], { cwd: root });
      fs.renameSync(path.join(root, 'fifo in the making'), at);
      return;
    case 'rename':
      if (find(root, target) === undefined || makeRoom(root, bytePath(operation.to)) === 'occupied') return;
      fs.renameSync(at, toFsPath(root, bytePath(operation.to)));
      return;
    case 'link': {
      const stat = makeRoom(root, target);
      if (stat === 'occupied') return;
      if (stat !== undefined) fs.unlinkSync(at);
      fs.symlinkSync(Buffer.from(operation.target, 'latin1'), at);
      return;
    }
  }
}

/** What is at the path; undefined if nothing is, or if it could be reached only through a link. */
function find(root: string, target: BytePath): fs.Stats | undefined {
  for (let slash = target.indexOf('/'); slash > 0; slash = target.indexOf('/', slash + 1)) {
    const above = fs.lstatSync(toFsPath(root, bytePath(target.slice(0, slash))), { throwIfNoEntry: false });
    if (above?.isDirectory() !== true) return undefined;
  }
  return fs.lstatSync(toFsPath(root, target), { throwIfNoEntry: false });
}

/** Makes the directories above; answers what is there now, 'occupied' if it is in the way. */
function makeRoom(root: string, target: BytePath): fs.Stats | 'occupied' | undefined {
  let above = bytePath('');
  for (const name of parentPath(target).split('/')) {
    if (name === '') continue;
    above = joinPath(above, name);
    const stat = fs.lstatSync(toFsPath(root, above), { throwIfNoEntry: false });
    if (stat === undefined) fs.mkdirSync(toFsPath(root, above));
    else if (!stat.isDirectory()) return 'occupied';
  }
  const stat = fs.lstatSync(toFsPath(root, target), { throwIfNoEntry: false });
  return stat?.isDirectory() === true ? 'occupied' : stat;
}

function edited(old: Buffer, how: Edit): Buffer {
  if (how === 'append') return Buffer.concat([old, Buffer.from('more\n')]);
  if (how === 'cut') return old.subarray(0, Math.max(0, old.length - 1));
  return how === 'flip' ? Buffer.from(old.map(byte => byte ^ 1)) : old;
}

function setTime(at: string | Buffer, time: number | undefined): void {
  if (time !== undefined) fs.utimesSync(at, time, time);
}

/** Everything below the root but its `.hg`, in a stable order; links are not followed. */
export function walk(root: string): { files: BytePath[]; directories: BytePath[] } {
  const files: BytePath[] = [];
  const directories: BytePath[] = [];
  const pending = [bytePath('')];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const items = fs.readdirSync(toFsPath(root, at), { withFileTypes: true, encoding: 'latin1' });
    for (const item of items.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (item.name === '.hg') continue;
      const found = joinPath(at, item.name);
      (item.isDirectory() ? directories : files).push(found);
      if (item.isDirectory()) pending.push(found);
    }
  }
  return { files, directories };
}

export function isRegularFile(root: string, at: BytePath): boolean {
  return fs.lstatSync(toFsPath(root, at), { throwIfNoEntry: false })?.isFile() === true;
}

export function hasRepository(root: string, at: string): boolean {
  return fs.existsSync(path.join(root, at, '.hg', 'requires'));
}
