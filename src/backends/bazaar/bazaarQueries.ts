// Answers of a Bazaar repository about its rules and its versions of files. Questions about other revisions have no
// answer yet: no command asks them of a Bazaar repository.
import { createHash } from 'node:crypto';
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { BazaarIgnore } from '../../bazaar/ignore/bazaarIgnore.ts';
import { normalizePattern } from '../../bazaar/ignore/translatePattern.ts';
import type { PackStore } from '../../bazaar/store/packStore.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { Snapshot } from '../../workingCopy/backend.ts';
import {
  NoContent,
  type FileVersion,
  type IgnoreExplanation,
  type IgnorePreview,
  type RepositoryQueries,
} from '../../workingCopy/queries.ts';
import { WithoutHistory } from '../withoutHistory.ts';
import type { BazaarSnapshot } from './bazaarBackend.ts';
import { openStore } from './pendingMerges.ts';

export class BazaarQueries extends WithoutHistory implements RepositoryQueries {
  readonly #vfs: Vfs;
  /** The store of the repository that was asked last. */
  #store: { readonly directory: string | undefined; readonly store: PackStore } | undefined;

  constructor(vfs: Vfs) {
    super('Revisions of Bazaar repositories cannot be compared yet.');
    this.#vfs = vfs;
  }

  explainIgnored(snapshot: Snapshot, path: BytePath): IgnoreExplanation | undefined {
    const rule = (snapshot as BazaarSnapshot).input.ignore.rule(path);
    return rule && { matchedPath: toDisplay(path), file: rule.file, line: Math.max(1, rule.line), text: rule.text };
  }

  previewIgnore(untracked: readonly BytePath[], lines: readonly string[], limit: number): IgnorePreview[] {
    return lines.map(line => {
      const pattern = { text: normalizePattern(line), file: '', line: 1 };
      const ignore = new BazaarIgnore(() => ({ patterns: [pattern], warnings: [] }));
      try {
        const hidden = untracked.filter(path => ignore.matches(path));
        return { kind: 'hidden', total: hidden.length, first: hidden.slice(0, limit).map(toDisplay) };
      } catch (error) {
        if (!(error instanceof QuicksilverError)) throw error;
        return { kind: 'invalid', message: error.message };
      }
    });
  }

  /** Only 'base' has an answer: the version of the first parent. */
  version(snapshot: Snapshot, path: BytePath, revision: string): FileVersion {
    const name = toDisplay(path);
    if (revision !== 'base') throw new NoContent('no-such-revision', `${JSON.stringify(revision)} is no revision.`);
    const found = versionAt(snapshot as BazaarSnapshot, path);
    if (found === undefined) throw new NoContent('not-in-revision', `'${name}' is not in the parent revision.`);
    return {
      path: found.path,
      id: found.fingerprint,
      changeset: snapshot.head.firstParent,
      kind: found.kind,
      content: () =>
        found.kind === 'symlink' ? Buffer.from(found.fingerprint, 'latin1') : this.#text(snapshot, name, found),
    };
  }

  baseId(snapshot: Snapshot, path: BytePath): string {
    return versionAt(snapshot as BazaarSnapshot, path)?.fingerprint ?? '';
  }

  /** The content, checked against the SHA-1 in the dirstate. */
  #text(snapshot: Snapshot, name: string, { key, fingerprint }: FoundVersion): Buffer {
    const { layout } = snapshot as BazaarSnapshot;
    if (this.#store?.directory !== layout.repositoryDirectory || this.#store === undefined) {
      this.#store = { directory: layout.repositoryDirectory, store: openStore(this.#vfs, layout) };
    }
    const text = this.#store.store.read('tix', key);
    if (text === undefined) throw new NoContent('damaged', `The content of '${name}' is missing from the repository.`);
    if (createHash('sha1').update(text).digest('hex') === fingerprint) return text;
    throw new NoContent('damaged', `The content of '${name}' in the repository does not fit its SHA-1.`);
  }
}

interface FoundVersion {
  readonly path: BytePath;
  readonly kind: 'file' | 'executable' | 'symlink';
  /** File id and revision. */
  readonly key: string;
  readonly fingerprint: string;
}

function versionAt({ dirstate }: BazaarSnapshot, path: BytePath): FoundVersion | undefined {
  const node = dirstate.find(path);
  const entry = node < 0 ? undefined : dirstate.base(node);
  if (entry === undefined || (entry.kind !== 'file' && entry.kind !== 'symlink')) return undefined;
  return {
    path: dirstate.oldPath(node) ?? path,
    kind: entry.kind === 'symlink' ? 'symlink' : entry.executable ? 'executable' : 'file',
    key: `${dirstate.fileId(node)}\0${entry.last}`,
    fingerprint: entry.fingerprint,
  };
}
