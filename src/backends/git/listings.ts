// The names in directories that Git's untracked cache (extension UNTR) knows. Here are the conditions for all of them;
// native/listings.c compares the stats of directories. docs/formats.md explains the rules.
import { createHash } from 'node:crypto';
import * as os from 'node:os';
import { joinPath, ROOT_PATH, type BytePath } from '../../base/bytePath.ts';
import type { DecodedListings } from '../../base/decodeAccelerators.ts';
import type { FsPath } from '../../files/vfs.ts';
import { IGNORE_FILE, MAX_RULE_BYTES, readRuleFile } from '../../git/ignore/gitIgnore.ts';
import { secondsOf, type GitIndex } from '../../git/index/gitIndex.ts';
import type { GitRepository } from '../../git/repository/repository.ts';
import type { Listings } from '../../status/types.ts';

/** Flags of `git status`: untracked directories as a whole, without empty ones; or every untracked file. */
const KNOWN_FLAGS: readonly number[] = [6, 0];
/** Values of core.untrackedCache with which Git uses the cache; without a value, it does, too. */
const USED: readonly (string | undefined)[] = [undefined, 'keep', 'true', 'yes', 'on', '1'];
/** With more rule files in directories, comparing them takes as long as reading directories. */
const MAX_RULE_FILES = 500;
/** The words of a directory: see native/listings.h. */
const WORDS = 7;
const NAME = 0;
const PARENT = 1;
const RULES = 6;
const NONE = 0xffff_ffff;
const LINE_FEED = Buffer.from('\n');

/** Returns the untracked cache of an index; undefined if there is none, or it is for another place, or other rules. */
export function readListings(repository: GitRepository, index: GitIndex): Listings | undefined {
  const { format, native, identity, untracked: bytes } = index.header;
  if (native === undefined || bytes === undefined || identity === undefined) return undefined;
  if (!USED.includes(repository.config.get('core.untrackedcache')?.toLowerCase())) return undefined;
  const { bytes: names, pathOffset, pathLength, baseStart, firstChild, childCount } = index.tree;
  const columns = [pathOffset, pathLength, baseStart, firstChild, childCount] as const;
  const decoded = native.decodeListings(bytes, format.length, names, ...columns);
  if (decoded === null || !KNOWN_FLAGS.includes(decoded.flags)) return undefined;
  const text = (from: number): string => bytes.toString('latin1', from, bytes.indexOf(0, from));
  const ident = bytes.toString('utf8', decoded.ident, decoded.ident + decoded.identLength);
  const { vfs, root } = repository;
  if (ident !== `Location ${vfs.realPath(root)}, system ${os.type()}\0`) return undefined;
  if (text(decoded.ruleName) !== IGNORE_FILE || !hasSameRules(repository, bytes, decoded)) return undefined;
  const trusted = compareRuleFiles(repository, bytes, decoded, text);
  return (
    trusted && {
      bytes,
      directories: decoded.directories,
      ofNode: decoded.ofNode,
      trusted,
      writtenAt: secondsOf(identity.mtimeNs),
      ruleName: Buffer.from(IGNORE_FILE, 'latin1'),
    }
  );
}

/** True if the rule files that hold for all directories are those of the cache. */
function hasSameRules(repository: GitRepository, bytes: Buffer, { exclude, excludesFile }: DecodedListings): boolean {
  const { vfs, format, commonIgnoreFiles } = repository;
  const recorded = [exclude, excludesFile].map(at => bytes.toString('hex', at, at + format.length));
  return recorded.every((id, i) => {
    const file: FsPath | undefined = commonIgnoreFiles[i];
    const content = file === undefined || vfs.isDirectory(file) ? undefined : vfs.read(file, MAX_RULE_BYTES)?.bytes;
    return namesContent(repository, id, content);
  });
}

/** Returns by directory: 0 if the content of its rule file is another one. Undefined if there are too many. */
function compareRuleFiles(
  repository: GitRepository,
  bytes: Buffer,
  { directories }: DecodedListings,
  text: (from: number) => string,
): Uint8Array | undefined {
  const trusted = new Uint8Array(directories.length / WORDS).fill(1);
  const pathOf = (directory: number): BytePath => {
    const parent = directories[directory * WORDS + PARENT]!;
    return parent === NONE ? ROOT_PATH : joinPath(pathOf(parent), text(directories[directory * WORDS + NAME]!));
  };
  let compared = 0;
  for (let directory = 0; directory < trusted.length; directory++) {
    const at = directories[directory * WORDS + RULES]!;
    if (at === NONE) continue;
    if (++compared > MAX_RULE_FILES) return undefined;
    const { vfs, root, format } = repository;
    const content = readRuleFile(vfs, root, joinPath(pathOf(directory), IGNORE_FILE));
    if (!namesContent(repository, bytes.toString('hex', at, at + format.length), content)) trusted[directory] = 0;
  }
  return trusted;
}

/**
 * True if an object name is that of a rule file's content, or zeros if there is no file. Git takes the name of a
 * recorded file from the index. It reads another file with a line end more, unless the file is empty.
 */
function namesContent({ format }: GitRepository, id: string, content: Buffer | undefined): boolean {
  if (content === undefined) return /^0+$/.test(id);
  const nameOf = (bytes: Buffer): string =>
    createHash(format.name).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  return id === nameOf(content) || (content.length > 0 && id === nameOf(Buffer.concat([content, LINE_FEED])));
}
