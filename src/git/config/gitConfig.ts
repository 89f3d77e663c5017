// Git's configuration: the files of system, user and repository, with their includes; the last value of a name counts.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { compileWildcards, matchesWildcards } from '../wildmatch.ts';
import { parseConfig } from './configParser.ts';

export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;
/** Bytes of all files, each as often as it is included. */
const MAX_TOTAL_BYTES = 32 * 1024 * 1024;
const MAX_FILES = 1000;
/** Git gives up on deeper includes. */
const MAX_DEPTH = 10;

/** The part of the environment that Git reads. */
export interface GitEnvironment {
  /** Absolute path; undefined if there is none. */
  readonly home: string | undefined;
  /** XDG_CONFIG_HOME, if set and not empty. */
  readonly configHome: string | undefined;
  /** Absolute path of the configuration of the system; undefined if it does not count (GIT_CONFIG_NOSYSTEM). */
  readonly systemConfig: string | undefined;
}

/** Reads the environment of a process. */
export function gitEnvironment(variables: Readonly<Record<string, string | undefined>>, home: string): GitEnvironment {
  const noSystem = variables['GIT_CONFIG_NOSYSTEM'] ?? '';
  const isTrue = noSystem !== '' && !/^(?:0|false|no|off)$/i.test(noSystem);
  return {
    home: variables['HOME'] ?? home,
    configHome: variables['XDG_CONFIG_HOME'] === '' ? undefined : variables['XDG_CONFIG_HOME'],
    systemConfig: isTrue ? undefined : '/etc/gitconfig',
  };
}

/** The files of a user: `name` under XDG_CONFIG_HOME/git, or ~/.config/git. */
export function userFile({ home, configHome }: GitEnvironment, name: string): string | undefined {
  if (configHome !== undefined) return path.join(configHome, 'git', name);
  return home === undefined ? undefined : path.join(home, '.config', 'git', name);
}

export interface ConfigPlaces {
  readonly environment: GitEnvironment;
  /** Absolute path of the directory of the working tree's state. */
  readonly gitDirectory: string;
  /** Absolute path of the directory that linked worktrees share. */
  readonly commonDirectory: string;
  /** Short name of the branch that HEAD is on; undefined if detached. */
  readonly branch: string | undefined;
}

export class GitConfig {
  /** Every file that was read or looked for. */
  readonly files: readonly string[];
  readonly #values: ReadonlyMap<string, readonly (string | undefined)[]>;

  constructor(values: ReadonlyMap<string, readonly (string | undefined)[]>, files: readonly string[]) {
    this.#values = values;
    this.files = files;
  }

  /** Reads all files. Throws 'invalid-config' where Git fails, 'unsupported' for a condition that is not understood. */
  static read(vfs: Vfs, places: ConfigPlaces): GitConfig {
    const { environment, commonDirectory, gitDirectory } = places;
    const reader = new Reader(vfs, places);
    if (environment.systemConfig !== undefined) reader.read(environment.systemConfig);
    const xdg = userFile(environment, 'config');
    if (xdg !== undefined) reader.read(xdg);
    if (environment.home !== undefined) reader.read(path.join(environment.home, '.gitconfig'));
    reader.read(path.join(commonDirectory, 'config'));
    if (reader.boolean('extensions.worktreeconfig')) reader.read(path.join(gitDirectory, 'config.worktree'));
    return reader.finish();
  }

  /** The last value; undefined if there is none, '' if there is one without `=`. */
  get(name: string): string | undefined {
    const values = this.#values.get(name);
    return values === undefined ? undefined : (values.at(-1) ?? '');
  }

  /** All values, in order. */
  all(name: string): readonly string[] {
    return (this.#values.get(name) ?? []).map(value => value ?? '');
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The names that begin with `prefix`. */
  namesUnder(prefix: string): string[] {
    return [...this.#values.keys()].filter(name => name.startsWith(prefix));
  }

  /** Throws 'invalid-config' for a value that is no boolean. */
  boolean(name: string, otherwise: boolean): boolean {
    const values = this.#values.get(name);
    return values === undefined ? otherwise : meaningOf(name, values.at(-1));
  }

  /** The first value as {@link boolean} reads it. */
  firstBoolean(name: string, otherwise: boolean): boolean {
    const values = this.#values.get(name);
    return values === undefined ? otherwise : meaningOf(name, values[0]);
  }

  /** A number with k, m or g. Throws 'invalid-config' for anything else. */
  integer(name: string): number | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : numberOf(name, value);
  }

  /** All values as {@link integer} reads them, in order. */
  integers(name: string): number[] {
    return this.all(name).map(value => numberOf(name, value));
  }
}

function meaningOf(name: string, value: string | undefined): boolean {
  const meant = booleanOf(value);
  if (meant === undefined) {
    throw new QuicksilverError('invalid-config', `bad boolean config value '${value}' for '${name}'`);
  }
  return meant;
}

function numberOf(name: string, value: string): number {
  const number = integerOf(value);
  if (number === undefined) {
    throw new QuicksilverError('invalid-config', `bad numeric config value '${value}' for '${name}'`);
  }
  return number;
}

/** Returns what a boolean value means; undefined if it is none. Without `=` it is true. */
export function booleanOf(value: string | undefined): boolean | undefined {
  if (value === undefined || /^(?:true|yes|on)$/i.test(value)) return true;
  if (value === '' || /^(?:false|no|off)$/i.test(value)) return false;
  const number = integerOf(value);
  return number === undefined ? undefined : number !== 0;
}

function integerOf(value: string): number | undefined {
  const match = /^\s*([-+]?\d{1,15})([kmg]?)$/i.exec(value);
  if (match === null) return undefined;
  return Number(match[1]) * { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match[2]!.toLowerCase()]!;
}

/** Expands `~/` at the start. */
export function expandHome(value: string, { home }: GitEnvironment): string {
  return value === '~' || value.startsWith('~/') ? path.join(home ?? '/', value.slice(1)) : value;
}

/** The ordinary string of a byte string: values name files in UTF-8. */
export function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

class Reader {
  readonly #vfs: Vfs;
  readonly #places: ConfigPlaces;
  readonly #values = new Map<string, (string | undefined)[]>();
  readonly #files: string[] = [];
  #read = 0;
  #bytes = 0;

  constructor(vfs: Vfs, places: ConfigPlaces) {
    this.#vfs = vfs;
    this.#places = places;
  }

  boolean(name: string): boolean {
    const values = this.#values.get(name);
    return values !== undefined && booleanOf(values.at(-1)) === true;
  }

  finish(): GitConfig {
    return new GitConfig(this.#values, this.#files);
  }

  read(file: string, depth = 0): void {
    if (depth > MAX_DEPTH) {
      throw new QuicksilverError('invalid-config', `${file}: includes are nested more than ${MAX_DEPTH} deep`, {
        file,
      });
    }
    if (!this.#files.includes(file)) this.#files.push(file);
    const found = this.#vfs.read(file, MAX_CONFIG_BYTES);
    if (found === undefined) return;
    this.#bytes += found.bytes.length;
    if (++this.#read > MAX_FILES || this.#bytes > MAX_TOTAL_BYTES) {
      throw new QuicksilverError('unsupported', `${file}: too many configuration files are included`, { file });
    }
    for (const { name, value } of parseConfig(found.bytes.toString('latin1'), file)) {
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [value]);
      else values.push(value);
      if (value === undefined || value === '') continue;
      if (name === 'include.path') this.#include(file, value, depth);
      const condition = /^includeif\.(.*)\.path$/s.exec(name)?.[1];
      if (condition !== undefined && this.#holds(condition, file)) this.#include(file, value, depth);
    }
  }

  #include(from: string, value: string, depth: number): void {
    const named = expandHome(textOf(value), this.#places.environment);
    // `..` leads out of the folder that the file is really in, not of one with a link to it.
    const folder = named.includes('..') ? this.#vfs.realPath(path.dirname(from)) : path.dirname(from);
    this.read(path.resolve(folder, named), depth + 1);
  }

  #holds(condition: string, file: string): boolean {
    const branch = /^onbranch:(.*)$/s.exec(condition)?.[1];
    if (branch !== undefined) {
      const pattern = branch.endsWith('/') ? `${branch}**` : branch;
      const current = this.#places.branch;
      return current !== undefined && matchesWildcards(compileWildcards(pattern, false), current);
    }
    const match = /^gitdir(\/i)?:(.*)$/s.exec(condition);
    if (match !== null) return this.#isGitDirectory(match[2]!, match[1] !== undefined, file);
    if (condition.startsWith('hasconfig:')) {
      throw new QuicksilverError('unsupported', `${file}: includeIf "${condition}" is not supported`, { file });
    }
    return false;
  }

  #isGitDirectory(condition: string, fold: boolean, file: string): boolean {
    let pattern = condition;
    if (pattern.startsWith('~/')) {
      pattern = Buffer.from(expandHome(textOf(pattern), this.#places.environment), 'utf8').toString('latin1');
    } else if (pattern.startsWith('./')) {
      pattern = Buffer.from(path.dirname(file), 'utf8').toString('latin1') + pattern.slice(1);
    } else if (!path.isAbsolute(pattern)) {
      pattern = `**/${pattern}`;
    }
    if (pattern.endsWith('/')) pattern += '**';
    const compiled = compileWildcards(pattern, fold);
    const directory = this.#places.gitDirectory;
    return [directory, this.#vfs.realPath(directory)].some(each =>
      matchesWildcards(compiled, Buffer.from(each, 'utf8').toString('latin1')),
    );
  }
}
