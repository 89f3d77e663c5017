// Directories of the working copy that belong to subrepositories: a status does not look into them.
import * as path from 'node:path';
import { bytePath, compareBytes, isUtf8, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Subrepository } from '../../base/repositoryState.ts';
import type { HgConfig } from '../config/hgConfig.ts';
import { parseHgrc } from '../config/hgrcParser.ts';
import { HG_DIRECTORY } from './discovery.ts';
import type { Dirstate } from '../dirstate/dirstate.ts';
import type { Vfs } from '../../files/vfs.ts';

/** The files with the subrepositories, in the root of the working copy. */
export const SUBREPOSITORY_FILES: readonly string[] = ['.hgsub', '.hgsubstate'];

const MAX_BYTES = 1 << 20;
/** Beyond so many subrepositories, the others count as not present. */
const MAX_LOOKED_FOR = 1000;

/**
 * Returns the paths of the subrepositories, from `.hgsub` on disk, if that is tracked. An untracked or forgotten one
 * means nothing, and neither does `.hgsubstate` without it. Paths in an unusual form exclude nothing for Mercurial,
 * and none here.
 *
 * Throws a QuicksilverError where Mercurial aborts: 'invalid-config' for `.hgsub`, 'corrupt' for `.hgsubstate`. Also
 * throws 'unsupported' for an `%include`, which Mercurial reads from tracked files.
 */
export function subrepositoryPaths(vfs: Vfs, root: string, dirstate: Dirstate): Set<BytePath> {
  const paths = new Set<BytePath>();
  if (!isTracked(dirstate, '.hgsub')) return paths;
  const stateFile = path.join(root, '.hgsubstate');
  if (isTracked(dirstate, '.hgsubstate')) parseState(readWorkingFile(vfs, stateFile) ?? '', stateFile);
  const file = path.join(root, '.hgsub');
  const content = readWorkingFile(vfs, file);
  if (content === undefined) return paths;
  for (const name of parseSubrepositories(content, file).keys()) paths.add(bytePath(name));
  return paths;
}

/**
 * The subrepositories in the order of their paths: those of {@link subrepositoryPaths} whose path stays within the
 * working copy and out of `.hg`. Throws as that does.
 */
export function subrepositories(vfs: Vfs, root: string, dirstate: Dirstate): Subrepository<BytePath>[] {
  if (!isTracked(dirstate, '.hgsub')) return [];
  const stateFile = path.join(root, '.hgsubstate');
  return describeSubrepositories(vfs, root, {
    sources: readWorkingFile(vfs, path.join(root, '.hgsub')) ?? '',
    state: isTracked(dirstate, '.hgsubstate') ? (readWorkingFile(vfs, stateFile) ?? '') : '',
  });
}

/** The contents of the two files, as byte strings. */
export interface SubrepositoryLists {
  /** `.hgsub` */
  readonly sources: string;
  /** `.hgsubstate` */
  readonly state: string;
}

/** Returns what {@link subrepositories} does, for lists of any revision. Throws as that does. */
export function describeSubrepositories(vfs: Vfs, root: string, lists: SubrepositoryLists): Subrepository<BytePath>[] {
  const sources = parseSubrepositories(lists.sources, path.join(root, '.hgsub'));
  const revisions = parseState(lists.state, path.join(root, '.hgsubstate'));
  return [...sources]
    .filter(([name]) => name.split('/').every(component => !FORBIDDEN_COMPONENTS.has(component)))
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, value], index) => {
      const [, kind = 'hg', source = value] = /^\[([^\]]*)\]([^]*)$/.exec(value) ?? [];
      const at = bytePath(name);
      return {
        path: at,
        kind: kind === 'hg' || kind === 'git' || kind === 'svn' ? kind : 'other',
        source: toDisplay(source.trim()),
        revision: revisions.get(name),
        isPresent: kind === 'hg' && index < MAX_LOOKED_FOR && isRepository(vfs, root, at),
      };
    });
}

/**
 * Throws a 'usage' error where Mercurial aborts: the settings do not allow the subrepository. Without a setting, only
 * those of Mercurial are allowed. The settings are those of `hg help config.subrepos`.
 */
export function requireAllowed(config: HgConfig, { path: at, kind }: Subrepository<BytePath>): void {
  const name = toDisplay(at);
  if (!config.boolean('subrepos', 'allowed', true)) {
    throw new QuicksilverError('usage', `subrepositories are not allowed (subrepos.allowed): ${name}`);
  }
  if (kind === 'other' || !config.boolean('subrepos', `${kind}:allowed`, kind === 'hg')) {
    throw new QuicksilverError('usage', `the kind of this subrepository is not allowed (subrepos.*:allowed): ${name}`);
  }
}

/** The `.hg` directories, absolute, whose coming and going makes {@link subrepositories} give another answer. */
export function subrepositoryDirectories(root: string, all: readonly Subrepository<BytePath>[]): string[] {
  return all
    .slice(0, MAX_LOOKED_FOR)
    .filter(({ kind, path: at }) => kind === 'hg' && isUtf8(at))
    .map(({ path: at }) => path.join(root, toDisplay(at), HG_DIRECTORY));
}

/** Through links one would come to something that is not a part of this working copy. */
function isRepository(vfs: Vfs, root: string, at: BytePath): boolean {
  if (!isUtf8(at)) return false;
  let directory = root;
  for (const component of [...toDisplay(at).split('/'), HG_DIRECTORY]) {
    directory = path.join(directory, component);
    if (vfs.lstat(directory)?.isDirectory() !== true) return false;
  }
  return true;
}

const FORBIDDEN_COMPONENTS: ReadonlySet<string> = new Set(['', '.', '..', '.hg']);

function isTracked(dirstate: Dirstate, name: string): boolean {
  const node = dirstate.find(bytePath(name));
  return node >= 0 && dirstate.isTracked(node);
}

/** The content as Mercurial sees it: of a symbolic link, that is its target. */
function readWorkingFile(vfs: Vfs, file: string): string | undefined {
  const target = vfs.readLink(file);
  if (target !== undefined) return Buffer.from(target, 'utf8').toString('latin1');
  return vfs.read(file, MAX_BYTES)?.bytes.toString('latin1');
}

/** Paths and sources: the items before the first section, in the syntax of configuration files. */
function parseSubrepositories(content: string, file: string): Map<string, string> {
  const sources = new Map<string, string>();
  let section = '';
  for (const statement of parseHgrc(content)) {
    const { line } = statement;
    switch (statement.type) {
      case 'section':
        section = statement.name;
        break;
      case 'item':
        if (section === '') sources.set(statement.name, statement.value);
        break;
      case 'unset':
        if (section === '') sources.delete(statement.name);
        break;
      case 'include':
        throw new QuicksilverError('unsupported', `${file}:${line}: an %include in .hgsub is not supported`, {
          file,
          line,
        });
      case 'error':
        throw new QuicksilverError('invalid-config', `${file}:${line}: ${statement.message}`, { file, line });
    }
  }
  for (const source of sources.values()) {
    if (source.startsWith('[') && !source.includes(']')) {
      throw new QuicksilverError('invalid-config', `${file}: ${source} has no closing bracket`, { file });
    }
  }
  return sources;
}

/** Revisions by path. Each line that is not blank must be a revision, a space and a path. */
function parseState(content: string, file: string): Map<string, string> {
  const revisions = new Map<string, string>();
  for (const [i, line] of content.split(/\r\n|\n|\r/).entries()) {
    const text = line.replace(/^\s+/, '');
    if (text === '') continue;
    const space = text.indexOf(' ');
    if (space < 0) {
      throw new QuicksilverError('corrupt', `${file}:${i + 1}: not a revision and a path`, { file, line: i + 1 });
    }
    revisions.set(text.slice(space + 1), text.slice(0, space));
  }
  return revisions;
}
