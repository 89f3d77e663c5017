// Facts that we can still report about an unsupported repository: most reasons concern only its files.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import { HG_DIRECTORY } from '../../mercurial/repository/discovery.ts';
import { readWithFiles, type FileSet } from '../../files/fileSet.ts';
import { LOCK_FILE } from '../../mercurial/repository/lock.ts';
import { MercurialRepository } from '../../mercurial/repository/repository.ts';
import type { Vfs } from '../../files/vfs.ts';
import { subrepositories } from '../../mercurial/repository/subrepos.ts';
import type { Head, Lock, Subrepository } from '../../workingCopy/backend.ts';
import { HeadReader } from './mercurialHead.ts';

/** The files to watch if not even the requirements can be decoded. */
const FILES_WITHOUT_LAYOUT = ['requires', 'dirstate', 'branch', 'bookmarks', 'bookmarks.current', 'sparse', 'hgrc'];

interface Opened {
  readonly repository: MercurialRepository;
  readonly heads: HeadReader;
  readonly definition: FileSet;
}

export interface UnsupportedHead {
  /** Undefined if it cannot be read. */
  readonly head: Head | undefined;
  /** Files that are recorded; 0 if that cannot be read. */
  readonly tracked: number;
  /** They may be supported themselves. Empty if the files that list them cannot be read. */
  readonly subrepositories: readonly Subrepository[];
}

const NOTHING: UnsupportedHead = { head: undefined, tracked: 0, subrepositories: [] };

export class UnsupportedRepository {
  readonly root: string;
  /** The name in the root that holds Mercurial's own files. */
  readonly controlName = HG_DIRECTORY;
  readonly #vfs: Vfs;
  readonly #environment: ProcessEnvironment;
  readonly #hgDirectory: string;
  #opened: Opened | undefined;

  constructor(root: string, vfs: Vfs, environment: ProcessEnvironment) {
    this.root = root;
    this.#vfs = vfs;
    this.#environment = environment;
    this.#hgDirectory = path.join(root, HG_DIRECTORY);
  }

  /**
   * A text that is another one when the configuration may be. Undefined if it is not known where that is: the
   * repository's requirements decide about it.
   */
  configuration(): string | undefined {
    const files = this.#open()?.repository.definitionFiles;
    return files && this.#state(files);
  }

  /** A text that is another one when working files may be converted differently. */
  conversion(): string {
    return [this.configuration() ?? '', this.#state([path.join(this.root, '.hgeol')])].join('\n');
  }

  /** A text that is another one when something recorded has changed, or a rule. */
  recorded(): string {
    return this.#state(this.files());
  }

  /** Absolute paths of the files that {@link recorded} covers. */
  files(): readonly string[] {
    const repository = this.#open()?.repository;
    if (repository === undefined) {
      const own = FILES_WITHOUT_LAYOUT.map(name => path.join(this.#hgDirectory, name));
      return [...own, path.join(this.root, '.hgignore')];
    }
    const { stateFiles, definitionFiles, controlFiles } = repository;
    const all = new Set([...stateFiles, ...definitionFiles, ...controlFiles, ...this.#ignoreFiles(repository)]);
    // Every command takes the lock and gives it back.
    all.delete(path.join(this.#hgDirectory, LOCK_FILE));
    return [...all];
  }

  /** Never throws for what a repository can be like. */
  head(): UnsupportedHead {
    return this.#lenient(NOTHING, () => {
      const opened = this.#open();
      if (opened === undefined) return NOTHING;
      const dirstate = opened.repository.readDirstate();
      return {
        head: opened.heads.read(dirstate),
        tracked: dirstate.entryCount,
        subrepositories: this.#lenient([], () => subrepositories(this.#vfs, this.root, dirstate)),
      };
    });
  }

  /** Returns true if a change of this file can matter: the end of a lock is the end of a command. */
  isRelevant(directory: string, name: string): boolean {
    return name === LOCK_FILE || this.files().includes(path.join(directory, name));
  }

  lock(): Lock {
    return this.#lenient<Lock>('free', () => this.#open()?.repository.lock() ?? 'free');
  }

  #open(): Opened | undefined {
    if (this.#opened?.definition.hasChanged() === false) return this.#opened;
    this.#opened = this.#lenient<Opened | undefined>(undefined, () => {
      const options = { vfs: this.#vfs, environment: this.#environment, allowUnsupported: true };
      const open = (): MercurialRepository => MercurialRepository.open(this.root, options);
      const known = this.#opened?.definition.paths ?? [];
      const { value, files } = readWithFiles(this.#vfs, known, open, repository => repository.definitionFiles);
      return { repository: value, heads: new HeadReader(this.#vfs, value), definition: files };
    });
    return this.#opened;
  }

  #ignoreFiles(repository: MercurialRepository): readonly string[] {
    return this.#lenient<readonly string[]>([], () => repository.ignoreFiles);
  }

  #state(files: readonly string[]): string {
    const states = files.map(file => {
      const identity = this.#lenient(undefined, () => this.#vfs.targetIdentity(file));
      if (identity === undefined) return file;
      const { device, inode, size, mtimeNs, ctimeNs } = identity;
      return [file, device, inode, size, mtimeNs, ctimeNs].join(' ');
    });
    return states.join('\n');
  }

  #lenient<T>(otherwise: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof QuicksilverError)) throw error;
      return otherwise;
    }
  }
}
