import * as path from 'node:path';
import { isUtf8, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError, errorMessage } from '../../base/errors.ts';
import type { OpenFile, Vfs } from '../../files/vfs.ts';
import { globalConfigLocations } from './configFiles.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import { expandPath } from './expandPath.ts';
import { parseHgrc } from './hgrcParser.ts';
import { TrustRules } from './trust.ts';

export interface ConfigItem {
  readonly name: string;
  /** A byte string. */
  readonly value: string;
  readonly file: string;
  /** Line on which the value ends, from 1. */
  readonly line: number;
}

/** Mercurial's configuration as it holds for a repository. Immutable. */
export interface HgConfig {
  /** Absolute paths of everything that was read or looked for: a change of any may change the configuration. */
  readonly files: readonly string[];
  /** Files that were left out, as Mercurial does, because they belong to a user who is not trusted. */
  readonly untrustedFiles: readonly string[];
  get(section: string, name: string): ConfigItem | undefined;
  /** The items of a section in order; an item that was set again is where it was set last. */
  items(section: string): ConfigItem[];
  /** Throws a QuicksilverError 'invalid-config' if Mercurial would not accept the value as a boolean. */
  boolean(section: string, name: string, defaultValue: boolean): boolean;
  /** `name` as in "eol", whether it is configured as that, as "hgext.eol" or "hgext/eol". */
  isExtensionEnabled(name: string): boolean;
  /** Names of the enabled extensions without their package, in the order in which Mercurial loads them. */
  enabledExtensions(): string[];
}

export interface ConfigPlace {
  /** Absolute path of the repository's `.hg`. */
  readonly hgDirectory: string;
  /** The share source's `.hg`, if the repository is a share that also shares configuration ("share-safe"). */
  readonly sharedSourceHgDirectory?: string | undefined;
}

/** Bytes in one configuration file, and how many files there may be, includes counted each time. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 1000;
/** Bytes in all of them together: a file may be included many times. */
const MAX_TOTAL_BYTES = 32 * 1024 * 1024;

/** Files included by files included by files. */
const MAX_INCLUDE_DEPTH = 100;

/**
 * Reads all configuration files of a repository. As in Mercurial, missing and unreadable files are skipped.
 *
 * Throws a QuicksilverError:
 * - 'invalid-config', with file and line, where Mercurial stops with an error, and for files that include themselves;
 * - 'unsupported' if files are too large or too many to be safe.
 */
export function loadConfig(vfs: Vfs, environment: ProcessEnvironment, where: ConfigPlace): HgConfig {
  const loader = new Loader(vfs, environment);
  for (const location of globalConfigLocations(environment, file => vfs.lstat(file) !== undefined)) {
    const asDirectory = location.kind === 'directory' || (location.kind === 'either' && vfs.isDirectory(location.path));
    if (asDirectory) loader.readDirectory(location.path);
    else loader.readTop(location.path, true);
  }
  if (environment.variables['HGRCSKIPREPO'] === undefined) {
    const { hgDirectory, sharedSourceHgDirectory } = where;
    if (sharedSourceHgDirectory !== undefined) loader.readTop(path.join(sharedSourceHgDirectory, 'hgrc'), false);
    loader.readTop(path.join(hgDirectory, 'hgrc'), false);
    loader.readTop(path.join(hgDirectory, 'hgrc-not-shared'), false);
  }
  return new LoadedConfig(loader);
}

type Sections = Map<string, Map<string, ConfigItem>>;

class Loader {
  readonly sections: Sections = new Map();
  readonly files = new Set<string>();
  readonly untrustedFiles: string[] = [];
  readonly #vfs: Vfs;
  readonly #environment: ProcessEnvironment;
  #read = 0;
  #bytes = 0;
  /** The files that are being read: one inside the other. */
  readonly #open = new Set<string>();

  constructor(vfs: Vfs, environment: ProcessEnvironment) {
    this.#vfs = vfs;
    this.#environment = environment;
  }

  readDirectory(directory: string): void {
    this.files.add(directory);
    for (const name of this.#vfs.list(directory)) {
      if (name.endsWith('.rc')) this.readTop(path.join(directory, name), true);
    }
  }

  /** Reads a file that is not an include. Unreadable is as good as missing, which is what Mercurial thinks, too. */
  readTop(file: string, trusted: boolean): void {
    this.files.add(path.resolve(file));
    let open: OpenFile | undefined;
    try {
      open = this.#vfs.open(file);
    } catch (error) {
      if (error instanceof QuicksilverError && error.code === 'io') return;
      throw error;
    }
    if (open === undefined) return;
    if (!trusted && !new TrustRules(this.#vfs, this.#environment, this.sections.get('trusted')).trusts(file)) {
      open.close();
      this.untrustedFiles.push(file);
    } else {
      this.#parse(file, open, 0);
    }
  }

  #parse(file: string, open: OpenFile, depth: number): void {
    let section = '';
    this.#open.add(path.resolve(file));
    for (const statement of parseHgrc(this.#content(file, open))) {
      const { line } = statement;
      switch (statement.type) {
        case 'section':
          section = statement.name;
          break;
        case 'item': {
          const items = this.sections.get(section) ?? new Map<string, ConfigItem>();
          this.sections.set(section, items);
          // Removed first, so that it moves to the end.
          items.delete(statement.name);
          items.set(statement.name, { name: statement.name, value: statement.value, file, line });
          break;
        }
        case 'unset':
          this.sections.get(section)?.delete(statement.name);
          break;
        case 'include':
          this.#include(statement.path, file, line, depth + 1);
          break;
        case 'error':
          throw configError(file, line, toDisplay(statement.message));
      }
    }
    this.#open.delete(path.resolve(file));
  }

  #include(text: string, includer: string, line: number, depth: number): void {
    if (!isUtf8(text as BytePath)) {
      throw new QuicksilverError('unsupported', `${includer}:${line}: the name of the included file is not UTF-8`, {
        file: includer,
        line,
      });
    }
    const file = path.resolve(path.dirname(includer), expandPath(toDisplay(text), this.#environment));
    // Without conditions, what includes itself does so without end.
    if (depth > MAX_INCLUDE_DEPTH || this.#open.has(file))
      throw configError(includer, line, 'files include each other without end');
    this.files.add(file);
    const cannot = (reason: string): QuicksilverError =>
      configError(includer, line, `cannot include ${toDisplay(text)} (${reason})`);
    if (this.#vfs.isDirectory(file)) throw cannot('Is a directory');
    let open: OpenFile | undefined;
    try {
      open = this.#vfs.open(file);
    } catch (error) {
      throw cannot(errorMessage(error));
    }
    if (open !== undefined) this.#parse(file, open, depth);
    else if (this.#isBelowFile(file)) throw cannot('Not a directory');
  }

  /** True if something on the way to the missing file is not a directory, which Mercurial does not forgive. */
  #isBelowFile(file: string): boolean {
    for (let at = path.dirname(file); at !== path.dirname(at); at = path.dirname(at)) {
      if (this.#vfs.isDirectory(at)) return false;
      if (this.#vfs.lstat(at) !== undefined) return true;
    }
    return false;
  }

  #content(file: string, open: OpenFile): string {
    try {
      this.#bytes += open.size;
      if (open.size > MAX_FILE_BYTES || this.#bytes > MAX_TOTAL_BYTES || ++this.#read > MAX_FILES) {
        const what = open.size > MAX_FILE_BYTES ? `${open.size} bytes are too large` : 'too many configuration files';
        throw new QuicksilverError('unsupported', `${file}: ${what}`, { file });
      }
      return open.read(0, open.size).toString('latin1');
    } finally {
      open.close();
    }
  }
}

function configError(file: string, line: number, message: string): QuicksilverError {
  return new QuicksilverError('invalid-config', `config error at ${file}:${line}: ${message}`, { file, line });
}

/** Returns the value that a word stands for; undefined if Mercurial rejects it. */
export function parseBoolean(text: string): boolean | undefined {
  return BOOLEANS.get(text.toLowerCase());
}

const BOOLEANS = new Map<string, boolean>([
  ...['1', 'yes', 'true', 'on', 'always'].map(word => [word, true] as const),
  ...['0', 'no', 'false', 'off', 'never'].map(word => [word, false] as const),
]);

class LoadedConfig implements HgConfig {
  readonly files: readonly string[];
  readonly untrustedFiles: readonly string[];
  readonly #sections: Sections;

  constructor(loader: Loader) {
    this.files = [...loader.files];
    this.untrustedFiles = loader.untrustedFiles;
    this.#sections = loader.sections;
  }

  get(section: string, name: string): ConfigItem | undefined {
    return this.#sections.get(section)?.get(name);
  }

  items(section: string): ConfigItem[] {
    return [...(this.#sections.get(section)?.values() ?? [])];
  }

  boolean(section: string, name: string, defaultValue: boolean): boolean {
    const item = this.get(section, name);
    if (item === undefined) return defaultValue;
    const value = parseBoolean(item.value);
    if (value === undefined) {
      throw configError(item.file, item.line, `${section}.${name} is not a boolean ('${toDisplay(item.value)}')`);
    }
    return value;
  }

  isExtensionEnabled(name: string): boolean {
    return this.enabledExtensions().includes(name);
  }

  enabledExtensions(): string[] {
    const enabled = this.items('extensions').filter(({ value }) => !value.startsWith('!'));
    return enabled.map(({ name }) => name.replace(/^hgext[./]/, ''));
  }
}
