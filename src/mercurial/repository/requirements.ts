// A repository's requirements of its readers, and the places of its parts: a share keeps its history somewhere else.
import * as path from 'node:path';
import { isUtf8, bytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { withoutTrailing } from '../../base/lines.ts';
import type { Vfs } from '../../files/vfs.ts';

/** Where the parts of a repository are. All paths are absolute. */
export interface RepositoryLayout {
  /** The working copy's own `.hg`. */
  readonly hgDirectory: string;
  /** The `.hg` that the history belongs to, if the repository is a share of it; undefined otherwise. */
  readonly sharedSource: string | undefined;
  /** The directory with the history: `store` in `.hg`, or in old repositories `.hg` itself. */
  readonly storeDirectory: string;
  readonly requirements: ReadonlySet<string>;
  /** The files that this was read from: a change of any changes it. */
  readonly files: readonly string[];
}

/** Requirements that a reader can know; not all are supported, see `unsupportedRequirements`. */
const KNOWN: ReadonlySet<string> = new Set([
  'bookmarksinstore',
  'delta-info-revlog',
  'dirstate-tracked-key-v1',
  'dirstate-v2',
  'dotencode',
  'exp-archived-phase',
  'exp-changelog-v2',
  'exp-compression-none',
  'exp-compression-zlib',
  'exp-compression-zstd',
  'exp-delta-info-revlog',
  'exp-copies-sidedata-changeset',
  'exp-remotefilelog-repo-req-1',
  'exp-revlogv2.2',
  'exp-sparse',
  'exp-sqlite-001',
  'exp-sqlite-comp-001=none',
  'exp-sqlite-comp-001=zlib',
  'exp-sqlite-comp-001=zstd',
  'exp-very-fragile-and-unsafe-plain-store-encoding',
  'fileindex-v1',
  'fncache',
  'generaldelta',
  'git',
  'internal-phase',
  'internal-phase-2',
  'largefiles',
  'lfs',
  'manifestv2',
  'narrowhg-experimental',
  'parentdelta',
  'persistent-nodemap',
  'relshared',
  'revlog-compression-zstd',
  'revlogv1',
  'share-safe',
  'shared',
  'sparserevlog',
  'store',
  'treemanifest',
]);

const MAX_REQUIRES_BYTES = 0x1_0000;
const MAX_SHARED_PATH_BYTES = 0x1_0000;

/**
 * Reads the requirements and finds the parts of the repository with this `.hg`. Working copy and store each have a
 * part of the requirements, so neither file alone is enough. A share that is not "share-safe" has a copy of all of
 * them.
 *
 * Throws a QuicksilverError: 'corrupt' if a file or the share's source is damaged or missing, or 'io'. Throws
 * 'unsupported' for an unknown requirement, and for a share that does not fit its source.
 */
export function readLayout(vfs: Vfs, hgDirectory: string): RepositoryLayout {
  const requiresFile = path.join(hgDirectory, 'requires');
  const files = [requiresFile];
  // Without the file the repository is older than requirements are.
  const requirements = new Set(readRequires(vfs, requiresFile) ?? []);

  let sharedSource: string | undefined;
  if (requirements.has('shared') || requirements.has('relshared')) {
    files.push(path.join(hgDirectory, 'sharedpath'));
    sharedSource = readSharedPath(vfs, hgDirectory, requirements.has('relshared'));
  }
  const source = sharedSource ?? hgDirectory;
  if (requirements.has('share-safe')) {
    const storeRequires = path.join(source, 'store', 'requires');
    files.push(storeRequires);
    const more = readRequires(vfs, storeRequires);
    if (more === undefined) {
      throw new QuicksilverError('corrupt', `${storeRequires}: missing, although 'share-safe' requires it`, {
        file: storeRequires,
      });
    }
    for (const requirement of more) requirements.add(requirement);
  } else if (sharedSource !== undefined) {
    const sourceRequires = path.join(sharedSource, 'requires');
    files.push(sourceRequires);
    if (readRequires(vfs, sourceRequires)?.includes('share-safe') === true) {
      throw new QuicksilverError(
        'unsupported',
        `the share's source ${sharedSource} was upgraded to 'share-safe', and this share was not`,
        { file: requiresFile },
      );
    }
  }
  refuseUnknown(requirements, requiresFile);
  const storeDirectory = requirements.has('store') ? path.join(source, 'store') : source;
  return { hgDirectory, sharedSource, storeDirectory, requirements, files };
}

function refuseUnknown(requirements: ReadonlySet<string>, file: string): void {
  const unknown = [...requirements].filter(requirement => !KNOWN.has(requirement)).sort();
  if (unknown.length === 0) return;
  throw new QuicksilverError(
    'unsupported',
    `repository requires features unknown to Quicksilver: ${unknown.join(' ')}`,
    { file },
  );
}

/** One requirement a line, with any line end. A line that does not start with a letter or digit means damage. */
function readRequires(vfs: Vfs, file: string): string[] | undefined {
  const content = vfs.read(file, MAX_REQUIRES_BYTES);
  if (content === undefined) return undefined;
  const lines = content.bytes.toString('latin1').split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  for (const [i, line] of lines.entries()) {
    if (!/^[0-9A-Za-z]/.test(line)) {
      throw new QuicksilverError('corrupt', `${file}: line ${i + 1} is not a requirement`, { file, line: i + 1 });
    }
  }
  return lines;
}

function readSharedPath(vfs: Vfs, hgDirectory: string, relative: boolean): string {
  const file = path.join(hgDirectory, 'sharedpath');
  const content = vfs.read(file, MAX_SHARED_PATH_BYTES);
  if (content === undefined) {
    throw new QuicksilverError('corrupt', `${file}: missing, although the repository is a share`, { file });
  }
  const bytes = withoutTrailing(content.bytes.toString('latin1'), '\n');
  if (!isUtf8(bytePath(bytes)) || bytes.includes('\0')) {
    throw new QuicksilverError('unsupported', `${file}: a path that is not UTF-8 is not supported`, { file });
  }
  const named = Buffer.from(bytes, 'latin1').toString('utf8');
  if (!relative && !path.isAbsolute(named)) {
    throw new QuicksilverError('corrupt', `${file}: ${named} is not an absolute path`, { file });
  }
  // A relative one starts at `.hg` itself, not at the working copy.
  const source = path.resolve(hgDirectory, named);
  if (!vfs.isDirectory(source)) {
    throw new QuicksilverError('corrupt', `${file}: points to ${source}, which is not a directory`, { file });
  }
  return source;
}
