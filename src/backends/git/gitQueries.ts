// Answers of a Git repository about its rules and its versions of files. Questions about other commits have no answer
// yet: no command asks them of a Git repository.
import * as path from 'node:path';
import { baseName, fromDisplay, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { lfsPointer } from '../../git/attributes/conversion.ts';
import { fileInTree, type RecordedFile } from '../../git/changes/stagedChanges.ts';
import { lastMatch, parseIgnoreFile } from '../../git/ignore/ignorePattern.ts';
import { isObjectId } from '../../git/objects/objectFormat.ts';
import { EXECUTABLE_MODE, GITLINK_MODE, SYMLINK_MODE } from '../../git/objects/structures.ts';
import type { GitRepository } from '../../git/repository/repository.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import {
  NoContent,
  type FileVersion,
  type IgnoreExplanation,
  type IgnorePreview,
  type RepositoryQueries,
} from '../../workingCopy/queries.ts';
import { WithoutHistory } from '../withoutHistory.ts';
import type { GitSnapshot } from './gitBackend.ts';

/** Larger contents are not shown. */
const MAX_BLOB_BYTES = 512 * 1024 * 1024;
export class GitQueries extends WithoutHistory implements RepositoryQueries {
  constructor() {
    super('Commits of Git repositories cannot be compared yet.');
  }

  explainIgnored(snapshot: Snapshot, at: BytePath): IgnoreExplanation | undefined {
    const { input, repository } = snapshot as GitSnapshot;
    for (let end = at.indexOf('/'); ; end = at.indexOf('/', end + 1)) {
      const part = (end < 0 ? at : at.slice(0, end)) as BytePath;
      const isDirectory = end >= 0 || repository.vfs.isDirectory(path.join(repository.root, toDisplay(part)));
      const found = input.ignore.rule(part, isDirectory);
      if (found?.pattern.isNegated === false) {
        const { line, text } = found.pattern;
        const file = path.resolve(repository.root, found.file);
        return { matchedPath: toDisplay(part), file, line, text: toDisplay(text) };
      }
      if (end < 0) return undefined;
    }
  }

  previewIgnore(untracked: readonly BytePath[], lines: readonly string[], limit: number): IgnorePreview[] {
    return lines.map(line => {
      const patterns = parseIgnoreFile(fromDisplay(line), false);
      const matches = (at: string, isDirectory: boolean): boolean =>
        lastMatch(patterns, at, baseName(at as BytePath), isDirectory)?.isNegated === false;
      const hidden = untracked.filter(at => {
        for (let slash = at.indexOf('/'); slash > 0; slash = at.indexOf('/', slash + 1)) {
          if (matches(at.slice(0, slash), true)) return true;
        }
        return matches(at, false);
      });
      return { kind: 'hidden', total: hidden.length, first: hidden.slice(0, limit).map(toDisplay) };
    });
  }

  /** Returns for 'base' what is staged, of a conflict our side; for 'parent' the version in HEAD. */
  version(snapshot: Snapshot, at: BytePath, revision: string): FileVersion {
    const { repository, head } = snapshot as GitSnapshot;
    const name = toDisplay(at);
    if (revision === 'base') {
      const file = recorded(snapshot as GitSnapshot, at);
      if (file !== undefined) return versionOf(snapshot as GitSnapshot, file, at, head.firstParent);
      throw new NoContent('not-in-revision', `'${name}' is not in the index.`);
    }
    if (revision.startsWith('file:')) {
      const id = revision.slice('file:'.length);
      if (!isObjectId(repository.format, id)) {
        throw new NoContent('no-such-revision', `${JSON.stringify(id)} is no object.`);
      }
      const version = versionOf(snapshot as GitSnapshot, { mode: 0, id }, at, '0'.repeat(id.length));
      return /^0*$/.test(id) ? { ...version, content: () => new Uint8Array() } : version;
    }
    const commit = revision === 'parent' ? head.firstParent : revision === 'p2' ? head.secondParent : revision;
    if (!isObjectId(repository.format, commit) || /^0*$/.test(commit)) {
      throw new NoContent('no-such-revision', `There is no revision ${JSON.stringify(revision)}.`);
    }
    const file = fileInTree(repository.store, repository.commit(commit).tree, at);
    if (file === undefined) throw new NoContent('not-in-revision', `'${name}' is not in ${commit.slice(0, 8)}.`);
    return versionOf(snapshot as GitSnapshot, file, at, commit);
  }

  baseId(snapshot: Snapshot, at: BytePath): string {
    return recorded(snapshot as GitSnapshot, at)?.id ?? '';
  }
}

/** The file that the index has at a path; our side of a conflict. */
function recorded({ index }: GitSnapshot, at: BytePath): RecordedFile | undefined {
  const node = index.find(at);
  if (node < 0 || index.kind(node) === 'none' || index.isIntentToAdd(node)) return undefined;
  if (index.isUnmerged(node)) return index.stages(node)[1];
  const mode = index.mode(node);
  return mode === GITLINK_MODE ? undefined : { mode, id: index.id(node) };
}

function versionOf(
  { repository, input }: GitSnapshot,
  { mode, id }: RecordedFile,
  at: BytePath,
  changeset: string,
): FileVersion {
  const kind = mode === SYMLINK_MODE ? 'symlink' : mode === EXECUTABLE_MODE ? 'executable' : 'file';
  const content = (): Uint8Array => {
    const bytes = blobOf(repository, id, at);
    const pointer = kind !== 'symlink' && input.base.isLfs(at) ? lfsPointer(bytes) : undefined;
    return pointer === undefined ? bytes : downloaded(repository, pointer.sha256, at);
  };
  return { path: at, id, changeset, kind, content };
}

function blobOf(repository: GitRepository, id: string, at: BytePath): Buffer {
  const object = repository.store.tryRead(id, MAX_BLOB_BYTES);
  if (object?.type === 'blob') return object.data;
  if (object === undefined && repository.isPartial) {
    throw new NoContent('not-downloaded', `The content of '${toDisplay(at)}' was not fetched (partial clone).`);
  }
  throw new QuicksilverError('corrupt', `object ${id} is ${object === undefined ? 'missing' : 'no file'}`);
}

/** The content of a file that Git LFS keeps beside the objects. */
function downloaded({ vfs, commonDirectory }: GitRepository, sha256: string, at: BytePath): Buffer {
  const file = path.join(commonDirectory, 'lfs', 'objects', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  const found = vfs.read(file, MAX_BLOB_BYTES);
  if (found !== undefined) return found.bytes;
  const missing = 'is kept on an LFS server and has not been downloaded into this repository';
  throw new NoContent('not-downloaded', `The content of '${toDisplay(at)}' ${missing}.`);
}
