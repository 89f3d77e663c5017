// A Mercurial repository without files whose changesets a test writes itself, and the answers about its history.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { MercurialBackend } from '../../src/backends/mercurial/mercurialBackend.ts';
import { MercurialHistory } from '../../src/backends/mercurial/mercurialHistory.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { finish } from '../../src/mercurial/annotate/finish.ts';
import type { HistoryCounters } from '../../src/mercurial/history/historyModel.ts';
import type { GraphFilter, OpenedGraph } from '../../src/workingCopy/historyQueries.ts';
import { makeRevlog, temporaryDirectory, writeRevlog } from '../unit/mercurial/store/revlogWriter.ts';

const NULL = '0'.repeat(40);
/** A revlog whose index and texts are in two files. */
const SEPARATE = 0x0002_0001;

interface Changeset {
  readonly summary: string;
  readonly p1: number;
}

export class WrittenHistory {
  readonly history: MercurialHistory;
  readonly #root: string;
  readonly #backend: MercurialBackend;
  readonly #changesets: Changeset[] = [];
  #nodes: readonly string[] = [];
  #snapshot: ReturnType<MercurialBackend['load']>;

  /** One changeset on top of the other, named by their revisions. The working copy's parent is the last one. */
  constructor(t: TestContext, count: number) {
    this.#root = temporaryDirectory(t);
    fs.mkdirSync(path.join(this.#root, '.hg', 'store'), { recursive: true });
    fs.writeFileSync(path.join(this.#root, '.hg', 'requires'), 'dotencode\nfncache\ngeneraldelta\nrevlogv1\nstore\n');
    for (let at = 0; at < count; at++) this.#changesets.push({ summary: String(at), p1: at - 1 });
    this.#write(count - 1);
    this.#backend = new MercurialBackend(this.#root, new Vfs(), currentEnvironment());
    this.history = new MercurialHistory(this.#backend);
    this.#snapshot = this.#backend.load(undefined);
  }

  get counters(): HistoryCounters {
    return this.#backend.historyModel(this.#snapshot).counters;
  }

  /** The node of the only changeset with a summary. */
  node(summary: string): string {
    return this.#nodes[this.#changesets.findIndex(each => each.summary === summary)]!;
  }

  /** Adds a changeset, which becomes the working copy's parent. */
  commit(summary: string, p1 = this.#changesets.length - 1): void {
    this.#changesets.push({ summary, p1 });
    this.#write(this.#changesets.length - 1);
    this.reload();
  }

  /** Removes the newest changesets. */
  strip(count: number): void {
    this.#changesets.splice(-count);
    this.#write(this.#changesets.length - 1);
    this.reload();
  }

  reload(): void {
    this.#snapshot = this.#backend.load(this.#snapshot);
  }

  open(filter: GraphFilter = { kind: 'auto' }): OpenedGraph {
    return finish(this.history.open(this.#snapshot, { filter, showsHidden: false }));
  }

  #write(parent: number): void {
    const store = path.join(this.#root, '.hg', 'store');
    const revisions = this.#changesets.map(({ summary, p1 }) => ({
      text: Buffer.from(`${NULL}\nAnn\n0 0\nfile\n\n${summary}`),
      p1,
    }));
    const files = makeRevlog(revisions, SEPARATE);
    // As a strip does: the file is another one then.
    fs.rmSync(path.join(store, '00changelog.i'), { force: true });
    writeRevlog(store, '00changelog', files);
    this.#nodes = files.nodes.map(node => node.toString('hex'));
    fs.writeFileSync(path.join(this.#root, '.hg', 'dirstate'), Buffer.concat([files.nodes[parent]!, Buffer.alloc(20)]));
  }
}
