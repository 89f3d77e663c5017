// Where the parts of a Bazaar working tree are, and whether their formats are supported.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import { linesOf, withoutTrailing } from '../../base/lines.ts';
import type { Vfs } from '../../files/vfs.ts';
import { configFile, type BazaarEnvironment } from './configFiles.ts';

export const BAZAAR_DIRECTORY = '.bzr';

const MAX_BYTES = 64 * 1024;
const META = /^Bazaar(?:-NG)? meta directory, format 1(?: \(with colocated branches\))?\n$/;
const TREES = /^Bazaar Working Tree Format (?:4 \(bzr 0\.15\)|5 \(bzr 1\.11\)|6 \(bzr 1\.14\))\n$/;
const REFERENCE = 'Bazaar-NG Branch Reference Format 1\n';
/** Repositories in which a directory with a control directory is a nested tree. */
const NESTING =
  /^Bazaar (?:repository format 2a|development format 8|-NG Knit Repository Format 3|Knit Repository Format 3)|with subtree support/;
export const FORMAT_2A = 'Bazaar repository format 2a (needs bzr 1.16 or later)\n';

export interface BazaarLayout {
  /** Absolute path of the working tree. */
  readonly root: string;
  readonly controlDirectory: string;
  readonly checkoutDirectory: string;
  /** Undefined if the branch is not on this machine. */
  readonly branchDirectory: string | undefined;
  readonly branchName: string | undefined;
  /** Undefined if it is not on this machine. */
  readonly repositoryDirectory: string | undefined;
  /** The text of its format file. */
  readonly repositoryFormat: string | undefined;
  /** True if a directory with a control directory is a nested tree. */
  readonly hasNested: boolean;
  /** Absolute paths of the files that all this was read from. */
  readonly files: readonly string[];
}

/** Returns the top of the working tree around a directory (absolute path); undefined if there is none. */
export function findBazaarRoot(vfs: Vfs, directory: string): string | undefined {
  for (let at = directory; ; at = path.dirname(at)) {
    if (isBazaarRoot(vfs, at)) return at;
    if (path.dirname(at) === at) return undefined;
  }
}

/** True if a directory (absolute path) is the top of a working tree. */
export function isBazaarRoot(vfs: Vfs, directory: string): boolean {
  return vfs.isDirectory(path.join(directory, BAZAAR_DIRECTORY, 'checkout'));
}

/**
 * Finds the parts of the working tree at `root`.
 * Throws 'not-a-repository' if there is none, 'unsupported' for formats that are not supported and for content filters
 * and views.
 */
export function readLayout(vfs: Vfs, root: string, environment: BazaarEnvironment): BazaarLayout {
  const controlDirectory = path.join(root, BAZAAR_DIRECTORY);
  const checkoutDirectory = path.join(controlDirectory, 'checkout');
  const files: string[] = [];
  const read = (file: string): string | undefined => {
    files.push(file);
    return vfs.read(file, MAX_BYTES)?.bytes.toString('latin1');
  };
  const meta = read(path.join(controlDirectory, 'branch-format'));
  if (!vfs.isDirectory(checkoutDirectory)) {
    throw new QuicksilverError('not-a-repository', `no Bazaar working tree at '${root}'`);
  }
  if (meta === undefined || !META.test(meta)) throw unsupported('control directory', meta);
  const tree = read(path.join(checkoutDirectory, 'format'));
  if (tree === undefined || !TREES.test(tree)) throw unsupported('working tree', tree);
  if (!tree.includes('Format 4 ')) {
    checkView(read(path.join(checkoutDirectory, 'views')));
    checkFilters(read(configFile(vfs, environment, 'rules')));
  }
  const branch = findBranch(root, read);
  const repositoryDirectory = branch.directory === undefined ? undefined : findRepository(vfs, branch.home, read);
  const repositoryFormat =
    repositoryDirectory === undefined ? undefined : read(path.join(repositoryDirectory, 'format'));
  return {
    root,
    controlDirectory,
    checkoutDirectory,
    branchDirectory: branch.directory,
    branchName: branch.name,
    repositoryDirectory,
    repositoryFormat,
    // The working trees of branches elsewhere are mostly of the newest format.
    hasNested: repositoryFormat === undefined || NESTING.test(repositoryFormat),
    files,
  };
}

function unsupported(what: string, format: string | undefined): QuicksilverError {
  const name = format?.split('\n', 1)[0]?.slice(0, 100) ?? '';
  return new QuicksilverError('unsupported', `the ${what} has format '${name}', which is not supported`);
}

function checkView(views: string | undefined): void {
  const current = /^current=(.+)$/m.exec(views ?? '')?.[1];
  if (current !== undefined) {
    throw new QuicksilverError('unsupported', `the view '${current}' is in use, which is not supported`);
  }
}

/** Rules may have the effect that working files differ from what is recorded, as line ends do. */
function checkFilters(rules: string | undefined): void {
  for (const line of linesOf(rules ?? '')) {
    if (line.trimStart().startsWith('[')) {
      throw new QuicksilverError('unsupported', 'content filters (a file of rules) are not supported');
    }
  }
}

interface Branch {
  readonly directory: string | undefined;
  readonly name: string | undefined;
  /** The directory whose control directory the branch is in. */
  readonly home: string;
}

/** Characters. Each level of a path costs a search for the repository, so the whole costs the square. */
const LONGEST_LOCATION = 4096;

function findBranch(root: string, read: (file: string) => string | undefined): Branch {
  const own = path.join(root, BAZAAR_DIRECTORY, 'branch');
  if (read(path.join(own, 'format')) !== REFERENCE) return { directory: own, name: path.basename(root), home: root };
  const content = read(path.join(own, 'location'));
  const location = content === undefined ? undefined : withoutTrailing(content, '\n');
  if (location !== undefined && location.length > LONGEST_LOCATION) {
    return { directory: undefined, name: location.slice(0, LONGEST_LOCATION), home: root };
  }
  const match = /^file:\/\/(\/[^,]*)(?:,branch=(.*))?$/.exec(location ?? '');
  if (match === null) return { directory: undefined, name: location, home: root };
  const home = unescaped(match[1]!);
  const name = match[2];
  if (home === undefined) return { directory: undefined, name: location, home: root };
  const control = path.join(home, BAZAAR_DIRECTORY);
  if (name === undefined || name === '') {
    return { directory: path.join(control, 'branch'), name: path.basename(home), home };
  }
  const plain = unescaped(unescaped(name) ?? name) ?? name;
  return { directory: path.join(control, 'branches', plain), name: plain, home };
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return undefined;
  }
}

/** The repository in the branch's control directory, or a shared one in a directory above. */
function findRepository(vfs: Vfs, home: string, read: (file: string) => string | undefined): string | undefined {
  for (let at = home; ; at = path.dirname(at)) {
    const directory = path.join(at, BAZAAR_DIRECTORY, 'repository');
    const isUsable = at === home || vfs.lstat(path.join(directory, 'shared-storage')) !== undefined;
    if (isUsable && read(path.join(directory, 'format')) !== undefined) return directory;
    if (path.dirname(at) === at) return undefined;
  }
}
