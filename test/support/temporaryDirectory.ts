import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { bytePath, parentPath, toFsPath } from '../../src/base/bytePath.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

/** Modification time, in seconds, of every file that is written without another one. */
export const OLD_SECONDS = 1_000_000_000;

/** A directory of a test's own; every path is a byte string relative to it, and what is above it is made as needed. */
export class TemporaryDirectory {
  readonly root: string;

  constructor() {
    this.root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-test-')));
  }

  at(file: string): string | Buffer {
    return toFsPath(this.root, bytePath(file));
  }

  /** Writes files, in the order given. */
  files(contents: Readonly<Record<string, string>>): this {
    for (const [file, content] of Object.entries(contents)) this.write(file, content);
    return this;
  }

  write(file: string, content = '', seconds: number = OLD_SECONDS): void {
    this.mkdir(parentPath(bytePath(file)));
    fs.writeFileSync(this.at(file), content, 'latin1');
    // As a date, because Node takes a negative number for the present.
    const time = new Date(seconds * 1000);
    fs.utimesSync(this.at(file), time, time);
  }

  mkdir(directory: string): void {
    fs.mkdirSync(this.at(directory), { recursive: true });
  }

  symlink(target: string, link: string): void {
    this.mkdir(parentPath(bytePath(link)));
    fs.symlinkSync(target, this.at(link));
    fs.lutimesSync(this.at(link), OLD_SECONDS, OLD_SECONDS);
  }

  fifo(file: string): void {
    this.mkdir(parentPath(bytePath(file)));
    execFileSync('mkfifo', [path.join(this.root, file)]);
  }

  chmod(file: string, mode: number): void {
    fs.chmodSync(this.at(file), mode);
  }

  rename(from: string, to: string): void {
    this.mkdir(parentPath(bytePath(to)));
    fs.renameSync(this.at(from), this.at(to));
  }

  /** Removes a file or a directory with all that is in it; nothing happens if it is not there. */
  remove(file: string): void {
    fs.rmSync(this.at(file), { recursive: true, force: true });
  }

  /** Removes everything in the directory, not the directory. */
  clear(): void {
    for (const name of fs.readdirSync(this.root, { encoding: 'latin1' })) this.remove(name);
  }
}

/** A directory that is removed when the test has ended. */
export function temporaryDirectory(t: TestContext): TemporaryDirectory {
  const directory = new TemporaryDirectory();
  t.after(() => removeTree(directory.root));
  return directory;
}
