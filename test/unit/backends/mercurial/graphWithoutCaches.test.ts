// The first graph of a repository without any cache of Mercurial: no request reads the texts of all changesets, rows can
// be asked for meanwhile, and no step is long.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { MercurialBackend } from '../../../../src/backends/mercurial/mercurialBackend.ts';
import { MercurialHistory } from '../../../../src/backends/mercurial/mercurialHistory.ts';
import { currentEnvironment } from '../../../../src/files/environment.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import type { GraphFilter, OpenedGraph } from '../../../../src/workingCopy/historyQueries.ts';
import { makeRevlog, temporaryDirectory, writeRevlog } from '../../mercurial/store/revlogWriter.ts';

const CHANGESETS = 5000;
/** Texts of one request, and of one step of it. */
const MOST = 1024;
const STEP = 64;
const NULL = '0'.repeat(40);
/** A revlog whose index and texts are in two files. */
const SEPARATE = 0x0002_0001;

/** Two old changesets on a branch, one of them with all others on top: these are on 'default', one after the other. */
function repository(t: TestContext): { readonly root: string; readonly append: () => void } {
  const root = temporaryDirectory(t);
  const store = path.join(root, '.hg', 'store');
  fs.mkdirSync(store, { recursive: true });
  const changeset = (at: number): { text: Buffer; p1: number } => ({
    text: Buffer.from(`${NULL}\nAnn\n0 0${at < 2 ? ' branch:stable' : ''}\nfile\n\nchange ${at}`),
    p1: at === 2 ? 0 : at - 1,
  });
  const revisions = Array.from({ length: CHANGESETS }, (_, at) => changeset(at));
  const write = (): Buffer => {
    const files = makeRevlog(revisions, SEPARATE);
    writeRevlog(store, '00changelog', files);
    return files.nodes[0]!;
  };
  fs.writeFileSync(path.join(root, '.hg', 'requires'), 'dotencode\nfncache\ngeneraldelta\nrevlogv1\nstore\n');
  fs.writeFileSync(path.join(root, '.hg', 'dirstate'), Buffer.concat([write(), Buffer.alloc(20)]));
  fs.writeFileSync(path.join(root, '.hg', 'branch'), 'stable\n');
  return {
    root,
    append: () => {
      revisions.push(changeset(revisions.length));
      write();
    },
  };
}

class Reader {
  readonly history: MercurialHistory;
  readonly #backend: MercurialBackend;
  #snapshot: ReturnType<MercurialBackend['load']>;

  constructor(root: string) {
    this.#backend = new MercurialBackend(root, new Vfs(), currentEnvironment());
    this.history = new MercurialHistory(this.#backend);
    this.#snapshot = this.#backend.load(undefined);
  }

  reload(): void {
    this.#snapshot = this.#backend.load(this.#snapshot);
  }

  get texts(): number {
    return this.#backend.historyModel(this.#snapshot).counters.branchTexts;
  }

  open(filter: GraphFilter): OpenedGraph {
    return this.#inSteps(this.history.open(this.#snapshot, { filter, showsHidden: false }));
  }

  /** Returns what is still unread after each request. */
  openAll(filter: GraphFilter): { readonly unread: readonly number[]; readonly opened: OpenedGraph } {
    const unread: number[] = [];
    for (;;) {
      const opened = this.open(filter);
      unread.push(opened.unread);
      if (opened.unread === 0) return { unread, opened };
    }
  }

  named(): number {
    for (let requests = 1; ; requests++) {
      const { unread, tips } = this.#inSteps(this.history.named(this.#snapshot));
      assert.deepEqual(tips.map(([branch]) => branch).sort(), unread > 0 ? [] : ['default', 'stable']);
      if (unread === 0) return requests;
    }
  }

  #inSteps<T>(steps: Generator<void, T>): T {
    const before = this.texts;
    for (;;) {
      const start = this.texts;
      const step = steps.next();
      assert.ok(this.texts - start <= STEP, `${this.texts - start} texts in one step`);
      if (step.done !== true) continue;
      assert.ok(this.texts - before < MOST + STEP, `${this.texts - before} texts in one request`);
      return step.value;
    }
  }
}

const AUTO: GraphFilter = { kind: 'auto' };

test('the first rows are there after some of the texts, and all rows after a few requests', t => {
  const reader = new Reader(repository(t).root);
  const first = reader.open(AUTO);
  assert.deepEqual([first.rows, first.changesets], [1, CHANGESETS]);
  assert.ok(first.unread > 0 && first.unread < CHANGESETS);
  assert.deepEqual(
    reader.history.rows(first.view, 0, 10)?.rows.map(({ summary }) => summary),
    ['change 0'],
  );
  const second = reader.open(AUTO);
  assert.equal(second.view, first.view, 'nothing is laid out anew before all is known');
  const { unread, opened } = reader.openAll(AUTO);
  assert.deepEqual([unread.length, opened.rows], [3, 2]);
  // All but the one that is shown anyway.
  assert.equal(reader.texts, CHANGESETS - 1);
  assert.equal(reader.open(AUTO).view, opened.view);
  assert.equal(reader.texts, CHANGESETS - 1);
});

test('a filter that needs no branches reads none of these texts', t => {
  const reader = new Reader(repository(t).root);
  for (const kind of ['all', 'drafts'] as const) assert.equal(reader.open({ kind }).unread, 0);
  assert.equal(reader.texts, 0);
});

test('names of branches come in parts, too, and no text is read twice, not even after a commit', t => {
  const { root, append } = repository(t);
  const reader = new Reader(root);
  assert.equal(reader.named(), 5);
  assert.equal(reader.texts, CHANGESETS);
  const { unread, opened } = reader.openAll({ kind: 'branch', name: 'stable' });
  assert.deepEqual([unread, opened.rows], [[0], 2]);
  assert.equal(reader.openAll(AUTO).opened.rows, 2);
  assert.equal(reader.texts, CHANGESETS);
  append();
  reader.reload();
  assert.deepEqual(reader.openAll(AUTO).unread, [0]);
  assert.equal(reader.named(), 1);
  assert.equal(reader.texts, CHANGESETS + 1);
});
