// Reads versions of files of an unsupported repository through hg. They are converted like its working files, so that
// both can be compared. Contents are cached by changeset and path.
import { fromDisplay, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { framedBytes, framedTemplate } from '../../hgCommand/answerFrame.ts';
import type { HgCall } from '../../hgCommand/hgCall.ts';
import type { HgResult } from '../../hgCommand/hgResult.ts';
import { BoundedCache } from '../../base/boundedCache.ts';
import { isChangesetId } from '../../backends/mercurial/changesets.ts';
import type { Head } from '../../workingCopy/backend.ts';
import type { Entry } from '../../workingCopy/statusTree.ts';
import { noContent } from '../contents.ts';
import type { ContentAnswer, ContentQuery } from '../protocol.ts';

export interface FallbackContentSource {
  /** hg's entry for a path; undefined for a clean file. */
  entry(path: BytePath): Entry | undefined;
  isSymlink(path: BytePath): boolean;
  /** Runs a command that only reads. */
  run(call: HgCall): Promise<HgResult>;
}

const MAX_BYTES = 32 << 20;
const MAX_CONTENTS = 1000;
/** A file nobody has asked about for so many others is no longer on a screen. */
const MAX_FOLLOWED = 1000;

interface Version {
  readonly changeset: string;
  readonly path: BytePath;
}

export class FallbackContents {
  readonly #source: FallbackContentSource;
  readonly #bytes = new BoundedCache<Uint8Array>(MAX_CONTENTS, MAX_BYTES, bytes => bytes.length);
  /** Each file's base version when it was first requested or last reported as changed. */
  readonly #followed = new BoundedCache<string>(MAX_FOLLOWED, MAX_FOLLOWED, () => 1);

  #head: Head | undefined;
  #rules = '';

  constructor(source: FallbackContentSource) {
    this.#source = source;
  }

  /** Never rejects for a problem of the repository or a message of hg: the answer contains it. */
  async answer({ path: shown, revision, withBytes }: Omit<ContentQuery, 'root'>): Promise<ContentAnswer> {
    const path = fromDisplay(shown);
    const version = this.#version(path, revision);
    if (version === undefined) return noContent('no-such-revision', `hg cannot be asked for revision '${revision}'.`);
    const name = this.#name(version);
    if (revision === 'base') this.#followed.set(path, name);
    const found = await this.#read(version, name);
    if (!(found instanceof Uint8Array)) return found;
    return {
      kind: 'content',
      node: name,
      changeset: version.changeset,
      path: toDisplay(version.path),
      type: this.#source.isSymlink(path) ? 'symlink' : 'file',
      size: found.length,
      ...(withBytes && { bytes: found }),
    };
  }

  /**
   * Takes over the recorded state. Returns the requested files whose base may have changed, each change once. Runs
   * nothing.
   *
   * @param head the parents; undefined if they cannot be read
   * @param rules a text that changes when a file may be converted differently
   */
  update(head: Head | undefined, rules: string): string[] {
    this.#head = head;
    this.#rules = rules;
    const changed: string[] = [];
    for (const [path, known] of this.#followed.entries()) {
      const version = this.#version(path as BytePath, 'base');
      const now = version === undefined ? '' : this.#name(version);
      if (now === known) continue;
      this.#followed.set(path, now);
      changed.push(toDisplay(path));
    }
    return changed;
  }

  #version(path: BytePath, revision: string): Version | undefined {
    const head = this.#head;
    if (revision !== 'base') {
      const changeset = revision === 'p2' ? head?.secondParent : revision;
      return changeset !== undefined && isChangesetId(changeset) ? { changeset, path } : undefined;
    }
    if (head === undefined) return undefined;
    return { changeset: head.firstParent, path: this.#source.entry(path)?.source ?? path };
  }

  #name({ changeset, path }: Version): string {
    return `${changeset} ${path} ${this.#rules}`;
  }

  async #read({ changeset, path }: Version, name: string): Promise<Uint8Array | ContentAnswer> {
    const kept = this.#bytes.get(name);
    if (kept !== undefined) return kept;
    const shown = toDisplay(path);
    const result = await this.#source.run({
      verb: 'cat',
      options: ['--decode', ['--rev', changeset], ['--template', framedTemplate('{data}')]],
      files: [shown],
    });
    if (result.kind !== 'ended') return noContent('unavailable', result.message);
    // Nothing but a file that is not there ends with this code and without a word about an abort.
    if (result.code === 1)
      return noContent('not-in-revision', `'${shown}' is not in revision ${changeset.slice(0, 12)}.`);
    if (result.code !== 0) return noContent('unavailable', result.errors || `hg cat: exit code ${result.code}`);
    // A copy of its own: a part of a larger buffer would be kept, and sent, with all of that buffer.
    const bytes = new Uint8Array(framedBytes(result.output));
    if (bytes.length <= MAX_BYTES) this.#bytes.set(name, bytes);
    return bytes;
  }
}
