// The history of one file of remotefilelog, as far back as it is on this machine, in the shape of a filelog.
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { CopySource, Filelog } from './filelog.ts';
import { nodeBytes, NULL_NODE_HEX } from './node.ts';
import type { RemoteFiles } from './remoteFiles.ts';
import type { RemoteRevision } from './remotePacks.ts';
import type { Revlog, RevlogEntry } from './revlog.ts';

/** The parts of a filelog that lead from a file revision to its ancestors. */
export interface FollowedFilelog extends Pick<Filelog, 'content' | 'copySource'> {
  readonly revlog: Pick<Revlog, 'link'> & {
    findNode(node: Uint8Array | string): number;
    entry(revision: number): Pick<RevlogEntry, 'p1' | 'p2' | 'link' | 'node'>;
  };
  /** Missing if each revision is read by itself. */
  readonly readingMany?: Filelog['readingMany'];
}

/**
 * Revisions have numbers in the order in which they were found, so that a parent's may be the greater one. Throws
 * 'unsupported' for revisions that are not on this machine.
 */
export class RemoteFilelog implements FollowedFilelog {
  readonly revlog: FollowedFilelog['revlog'];
  readonly #path: BytePath;
  readonly #files: RemoteFiles;
  readonly #changeset: (node: string) => number;
  readonly #revisions: RemoteRevision[] = [];
  readonly #numbers = new Map<string, number>();

  /** @param changeset returns the changelog revision of a node, -1 for an unknown one */
  constructor(path: BytePath, files: RemoteFiles, changeset: (node: string) => number) {
    this.#path = path;
    this.#files = files;
    this.#changeset = changeset;
    const link = (revision: number): number => this.#changeset(this.#at(revision).link);
    this.revlog = {
      findNode: node => this.#find(nodeBytes(node).toString('hex')),
      link,
      entry: revision => {
        const { node, p1, p2, copySource } = this.#at(revision);
        return {
          node: nodeBytes(node),
          p1: copySource === undefined ? this.#find(p1) : -1,
          p2: this.#find(p2),
          link: link(revision),
        };
      },
    };
  }

  /** An estimate. */
  get bytesHeld(): number {
    return this.#revisions.length * BYTES_PER_REVISION;
  }

  content(revision: number): Buffer {
    return this.#files.content(this.#path, this.#at(revision).node);
  }

  copySource(revision: number): CopySource | undefined {
    const { copySource, p1 } = this.#at(revision);
    return copySource === undefined ? undefined : { path: copySource, node: p1 };
  }

  #at(revision: number): RemoteRevision {
    return this.#revisions[revision]!;
  }

  #find(node: string): number {
    if (node === NULL_NODE_HEX) return -1;
    const known = this.#numbers.get(node);
    if (known !== undefined) return known;
    for (const revision of this.#files.ancestry(this.#path, node)) {
      if (this.#numbers.has(revision.node)) continue;
      this.#numbers.set(revision.node, this.#revisions.push(revision) - 1);
    }
    const found = this.#numbers.get(node);
    if (found !== undefined) return found;
    const where = `is kept elsewhere by remotefilelog (file node ${node.slice(0, 12)})`;
    throw new QuicksilverError('unsupported', `the history of '${toDisplay(this.#path)}' ${where}`);
  }
}

const BYTES_PER_REVISION = 500;
