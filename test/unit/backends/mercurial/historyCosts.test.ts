// The work that annotations and file histories take, in counts: texts that are rebuilt, deltas, files that are opened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MercurialBackend } from '../../../../src/backends/mercurial/mercurialBackend.ts';
import { MercurialHistory } from '../../../../src/backends/mercurial/mercurialHistory.ts';
import { currentEnvironment } from '../../../../src/files/environment.ts';
import { Vfs } from '../../../../src/files/vfs.ts';
import { finish } from '../../../../src/mercurial/annotate/finish.ts';
import type { FileAnnotation, FileHistory } from '../../../../src/workingCopy/historyQueries.ts';
import { temporaryDirectory } from '../../mercurial/store/revlogWriter.ts';

interface Bench {
  readonly FILE: string;
  readonly repositoryWriter: (root: string, lines: number) => (writes: boolean) => void;
}

const { FILE, repositoryWriter } = (await import(
  new URL('../../../../scripts/bench/fileHistory.mjs', import.meta.url).href
)) as Bench;

const VERSIONS = 150;
/** Versions that are read in one go cover the file in this many windows. */
const WINDOWS = 2;
/** Deltas on the longest chain. */
const CHAIN = 100;

/** The work of a step, in counts. */
interface Work {
  readonly texts: number;
  readonly deltas: number;
  readonly files: number;
  readonly walks: number;
  /** Changesets that were put together for an answer. */
  readonly changesets: number;
}

class Repository {
  readonly commit: (writes: boolean) => void;
  readonly #backend: MercurialBackend;
  readonly #vfs = new Vfs();
  readonly #history: MercurialHistory;
  #snapshot: ReturnType<MercurialBackend['load']> | undefined;

  constructor(root: string) {
    this.commit = repositoryWriter(root, 400);
    for (let version = 0; version < VERSIONS; version++) this.commit(version === VERSIONS - 1);
    this.#backend = new MercurialBackend(root, this.#vfs, currentEnvironment());
    this.#history = new MercurialHistory(this.#backend);
    this.load();
  }

  load(): void {
    this.#snapshot = this.#backend.load(this.#snapshot);
    // The parents are read when they are first asked for.
    assert.match(this.#snapshot.head.firstParent, /^[0-9a-f]{40}$/);
  }

  annotate(): Work & { readonly answer: FileAnnotation & { kind: 'lines' } } {
    return this.#counted(() => {
      const answer = finish(this.#history.annotate(this.#snapshot!, { path: FILE, skip: [] }));
      assert.ok(answer.kind === 'lines');
      return answer;
    });
  }

  versions(): Work & { readonly answer: FileHistory } {
    return this.#counted(() => finish(this.#history.fileHistory(this.#snapshot!, { path: FILE, limit: 10_000 })));
  }

  #counted<Answer>(work: () => Answer): Work & { readonly answer: Answer } {
    const counts = (): Work => {
      const { textsRebuilt, deltasApplied } = this.#backend.store(this.#snapshot!).counters;
      return {
        texts: textsRebuilt,
        deltas: deltasApplied,
        files: this.#vfs.filesOpened,
        walks: this.#history.annotationWalks,
        changesets: this.#history.annotatedChangesets,
      };
    };
    const before = counts();
    const answer = work();
    const after = counts();
    return {
      answer,
      texts: after.texts - before.texts,
      deltas: after.deltas - before.deltas,
      files: after.files - before.files,
      walks: after.walks - before.walks,
      changesets: after.changesets - before.changesets,
    };
  }
}

test('an annotation reads each version of the file and each changeset once, and opens few files', t => {
  const repository = new Repository(temporaryDirectory(t));
  const { answer, walks, texts, deltas, files, changesets } = repository.annotate();
  assert.equal(walks, 1);
  assert.equal(changesets, answer.changesets.length);
  // The first version of a window is rebuilt from the start of its chain; each other one is a delta on the one before.
  assert.ok(texts <= VERSIONS + changesets + WINDOWS * 12, `${texts} texts`);
  assert.ok(deltas <= VERSIONS + WINDOWS * CHAIN, `${deltas} deltas`);
  assert.ok(files <= 60, `${files} files`);
});

test('an annotation that is asked for again reads nothing', t => {
  const repository = new Repository(temporaryDirectory(t));
  const first = repository.annotate();
  const { answer, texts, deltas, walks, changesets } = repository.annotate();
  assert.deepEqual(answer, first.answer);
  assert.deepEqual({ texts, deltas, walks, changesets }, { texts: 0, deltas: 0, walks: 0, changesets: 0 });
});

test('after a commit, an annotation reads that commit alone', t => {
  const repository = new Repository(temporaryDirectory(t));
  const before = repository.annotate();
  repository.commit(true);
  repository.load();
  const { answer, texts, deltas, walks } = repository.annotate();
  // The changeset, its manifest, and the new version of the file, on its chain.
  assert.equal(texts, 3);
  assert.equal(walks, 0);
  assert.ok(deltas <= CHAIN, `${deltas} deltas`);
  assert.equal(answer.sources.length, before.answer.sources.length);
  const nodes = answer.sources.map(at => answer.changesets[at]!.changeset.revision);
  assert.equal(nodes.filter(revision => revision === VERSIONS).length, 3);
});

test('the history of a file reads each changeset once, with few files opened', t => {
  const repository = new Repository(temporaryDirectory(t));
  const { answer, texts, deltas, files } = repository.versions();
  assert.equal(answer.items.length, VERSIONS);
  // The manifest of the newest, and the first version, which may be a copy.
  assert.equal(texts, VERSIONS + 2);
  assert.equal(deltas, 0);
  assert.ok(files <= 20, `${files} files`);
});
