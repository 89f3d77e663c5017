// The history of a working file is the one that it has once it is committed, without the new changeset. So it is for
// files that were renamed or copied, or that came with a merge. The graph's filter shows the same changesets.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { MercurialBackend } from '../../src/backends/mercurial/mercurialBackend.ts';
import { MercurialHistory } from '../../src/backends/mercurial/mercurialHistory.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { finish } from '../../src/mercurial/annotate/finish.ts';
import type { Snapshot } from '../../src/workingCopy/backend.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const FILE = 'one\ntwo\nthree\n';

class Repository {
  readonly #sandbox = new HgSandbox();
  readonly #backend: MercurialBackend;
  readonly #history: MercurialHistory;
  #snapshot: Snapshot | undefined;

  /** Two heads: 2 has `a` and `both`, the parent 4 of the working copy `both` alone, and 0 all of them. */
  constructor(t: TestContext) {
    t.after(() => removeTree(this.#sandbox.directory));
    this.#sandbox.hg('.', ['init', 'repo']);
    const root = this.#sandbox.path('repo');
    this.#backend = new MercurialBackend(root, new Vfs(), currentEnvironment());
    this.#history = new MercurialHistory(this.#backend);
    this.write('both', FILE);
    this.write('kept', FILE);
    this.commit('0');
    this.write('a', FILE);
    this.commit('1');
    this.write('a', `${FILE}four\n`);
    this.write('both', `${FILE}four\n`);
    this.commit('2');
    this.hg('update', '-q', '0');
    this.write('kept', `${FILE}four\n`);
    this.commit('3');
    this.write('both', `zero\n${FILE}`);
    this.commit('4');
  }

  write(name: string, text: string): void {
    fs.writeFileSync(this.#sandbox.path(`repo/${name}`), text);
  }

  hg(...args: readonly string[]): string {
    return this.#sandbox.hg('repo', args).toString();
  }

  commit(message: string): void {
    this.hg('commit', '-q', '-A', '-m', message, '-d', '0 0');
  }

  /** Revisions in the view File History. */
  listed(path: string, line?: number): number[] {
    this.#snapshot = this.#backend.load(this.#snapshot);
    const lines = line === undefined ? {} : { lines: { first: line, end: line + 1 } };
    const { items } = finish(this.#history.fileHistory(this.#snapshot, { path, limit: 99, ...lines }));
    return items.map(({ changeset }) => changeset.revision);
  }

  /** Revisions in the graph. */
  filtered(path: string): number[] {
    this.#snapshot = this.#backend.load(this.#snapshot);
    const opened = finish(this.#history.open(this.#snapshot, { filter: { kind: 'file', path }, showsHidden: false }));
    return this.#history.rows(opened.view, 0, 99)!.rows.map(({ revision }) => revision);
  }

  blamed(path: string): number[] {
    this.#snapshot = this.#backend.load(this.#snapshot);
    const answer = finish(this.#history.annotate(this.#snapshot, { path, skip: [] }));
    assert.ok(answer.kind === 'lines', JSON.stringify(answer));
    return answer.sources.map(at => answer.changesets[at]?.changeset.revision ?? -1);
  }

  /** The revisions of a set, newest first, without the last commit. */
  committed(set: string): number[] {
    const output = this.hg('log', '-r', `reverse((${set}) - tip)`, '-T', '{rev} ').trim();
    return output.split(' ').map(Number);
  }
}

/** By the name of the case: what is done, the file, and the history that is expected, newest first. */
const CASES: Readonly<Record<string, readonly [commands: readonly string[], file: string, expected: number[]]>> = {
  'a renamed file': [['mv both new'], 'new', [4, 0]],
  'a copied file': [['cp kept new'], 'new', [3, 0]],
  'a file renamed twice': [['mv both x', 'mv x new'], 'new', [4, 0]],
  'a file of the second parent': [['merge -q --tool :merge 2'], 'a', [2, 1]],
  'a file of both parents': [['merge -q --tool :merge 2'], 'both', [4, 2, 0]],
  'a file of the first parent in a merge': [['merge -q --tool :merge 2'], 'kept', [3, 0]],
  'a file of the second parent, renamed': [['merge -q --tool :merge 2', 'mv a new'], 'new', [2, 1]],
  'a file of the second parent, copied': [['merge -q --tool :merge 2', 'cp a new'], 'new', [2, 1]],
};

for (const [name, [commands, file, expected]] of Object.entries(CASES)) {
  test(`history: ${name}`, t => {
    const repository = new Repository(t);
    // A view of the file as it was before must not be the answer.
    repository.filtered(file);
    for (const command of commands) repository.hg(...command.split(' '));
    assert.deepEqual(repository.listed(file), expected);
    assert.deepEqual(repository.filtered(file), expected);
    const blamed = repository.blamed(file);
    const lines = blamed.map((_, line) => repository.listed(file, line));
    repository.commit('last');
    assert.deepEqual(repository.committed(`follow('path:${file}')`), expected);
    lines.forEach((found, line) => {
      const followed = repository.committed(`followlines('path:${file}', ${line + 1}:${line + 1})`);
      assert.deepEqual(found, followed, `line ${line + 1}`);
    });
    assert.deepEqual(repository.blamed(file), blamed);
  });
}

test('history: a removed file, before and after the commit', t => {
  const repository = new Repository(t);
  repository.hg('rm', 'both');
  assert.deepEqual(repository.listed('both'), [4, 0]);
  assert.deepEqual(repository.filtered('both'), [4, 0]);
  repository.commit('5');
  assert.deepEqual(repository.listed('both'), [5, 4, 0]);
  assert.deepEqual(repository.filtered('both'), [5, 4, 0], 'no changeset of the other head');
  // A file that is new at the path begins with the removal of the older one.
  repository.write('both', 'new\n');
  repository.hg('add', 'both');
  assert.deepEqual(repository.listed('both'), [5, 4, 0]);
  repository.hg('forget', 'both');
  fs.rmSync(`${repository.hg('root').trim()}/both`);
  repository.hg('mv', 'kept', 'both');
  assert.deepEqual(repository.listed('both'), [3, 0]);
});
